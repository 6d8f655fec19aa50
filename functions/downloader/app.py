"""GET /api/tiktok/downloader?url=…: a post's files."""

from tokstack.api.entry import serve
from tokstack.api.posts import DOWNLOADER

handler = serve(DOWNLOADER)
