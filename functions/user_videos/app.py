"""GET /v1/tiktok/users/{username}/videos: what a user published."""

from tokstack.api.entry import serve
from tokstack.api.social.user_routes import USER_VIDEOS

handler = serve(USER_VIDEOS)
