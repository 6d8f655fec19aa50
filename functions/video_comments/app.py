"""GET /v1/tiktok/videos/{videoId}/comments: what is said of a post."""

from tokstack.api.entry import serve
from tokstack.api.social.video_routes import VIDEO_COMMENTS

handler = serve(VIDEO_COMMENTS)
