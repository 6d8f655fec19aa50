"""GET /v1/tiktok/videos/{videoId}/comments/{commentId}/replies: what is answered to a comment."""

from tokstack.api.entry import serve
from tokstack.api.social.video_routes import COMMENT_REPLIES

handler = serve(COMMENT_REPLIES)
