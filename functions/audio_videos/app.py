"""GET /v1/tiktok/audios/{audioId}/videos: the posts that use a sound."""

from tokstack.api.entry import serve
from tokstack.api.social.audio_routes import AUDIO_VIDEOS

handler = serve(AUDIO_VIDEOS)
