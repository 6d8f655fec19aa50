"""GET /v1/tiktok/library?…: the library's items, searched, filtered and sorted."""

from tokstack.api.entry import serve
from tokstack.api.library import LIBRARY

handler = serve(LIBRARY)
