"""GET /v1/tiktok/library/{itemId}: one item of the library."""

from tokstack.api.entry import serve
from tokstack.api.library import LIBRARY_ITEM

handler = serve(LIBRARY_ITEM)
