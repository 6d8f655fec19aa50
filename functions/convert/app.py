"""POST /api/convert/{format}: a post or a page of another site as mp3, mp4, wav or gif."""

from tokstack.api.convert import CONVERT
from tokstack.api.entry import serve

handler = serve(CONVERT)
