"""GET /v1/shops/{shopId}/tiktok/library?…: the library's items that lead to one shop."""

from tokstack.api.entry import serve
from tokstack.api.library import SHOP_LIBRARY

handler = serve(SHOP_LIBRARY)
