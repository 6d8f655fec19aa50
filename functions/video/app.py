"""GET /v1/tiktok/videos/{videoId}: a post."""

from tokstack.api.entry import serve
from tokstack.api.social.video_routes import VIDEO

handler = serve(VIDEO)
