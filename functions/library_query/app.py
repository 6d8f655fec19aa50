"""POST /v1/tiktok/library/query: the library's items, by all that can be asked of them."""

from tokstack.api.entry import serve
from tokstack.api.library import LIBRARY_QUERY

handler = serve(LIBRARY_QUERY)
