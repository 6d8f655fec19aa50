"""GET /api/tiktok/random?username=…, also as /random-post: one of a user's newest posts."""

from tokstack.api.entry import serve
from tokstack.api.posts import RANDOM

handler = serve(RANDOM)
