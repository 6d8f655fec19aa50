"""GET /v1/tiktok/audios/{audioId}: a sound."""

from tokstack.api.entry import serve
from tokstack.api.social.audio_routes import AUDIO

handler = serve(AUDIO)
