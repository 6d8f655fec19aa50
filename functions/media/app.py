"""GET and HEAD /media/{token}: a media file, by a signed link."""

from tokstack.api.entry import serve
from tokstack.api.media import MEDIA

handler = serve(MEDIA)
