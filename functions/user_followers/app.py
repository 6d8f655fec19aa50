"""GET /v1/tiktok/users/{username}/followers: who follows a user."""

from tokstack.api.entry import serve
from tokstack.api.social.user_routes import USER_FOLLOWERS

handler = serve(USER_FOLLOWERS)
