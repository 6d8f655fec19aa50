"""GET /v1/tiktok/users/{username}/likes: what a user likes, where that is public."""

from tokstack.api.entry import serve
from tokstack.api.social.user_routes import USER_LIKES

handler = serve(USER_LIKES)
