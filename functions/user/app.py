"""GET /v1/tiktok/users/{username}: a user."""

from tokstack.api.entry import serve
from tokstack.api.social.user_routes import USER

handler = serve(USER)
