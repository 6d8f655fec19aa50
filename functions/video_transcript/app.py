"""GET /v1/tiktok/videos/{videoId}/transcripts/{language}: what is said in a video, as WebVTT and as cues."""

from tokstack.api.entry import serve
from tokstack.api.social.video_routes import VIDEO_TRANSCRIPT

handler = serve(VIDEO_TRANSCRIPT)
