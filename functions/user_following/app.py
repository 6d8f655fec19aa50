"""GET /v1/tiktok/users/{username}/following: whom a user follows."""

from tokstack.api.entry import serve
from tokstack.api.social.user_routes import USER_FOLLOWING

handler = serve(USER_FOLLOWING)
