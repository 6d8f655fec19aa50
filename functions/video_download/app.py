"""GET /v1/tiktok/videos/{videoId}/download: a link that leads to a video's file."""

from tokstack.api.entry import serve
from tokstack.api.social.video_routes import VIDEO_DOWNLOAD

handler = serve(VIDEO_DOWNLOAD)
