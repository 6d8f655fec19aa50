"""GET /api/tiktok/slides?url=…, also as /api/tiktok/images and /api/tiktokslide/downloader: a slideshow's images."""

from tokstack.api.entry import serve
from tokstack.api.posts import SLIDES

handler = serve(SLIDES)
