"""GET /api/tiktok/statistic?url=…, also as /statistics and /stats: a post's counters, author and media links."""

from tokstack.api.entry import serve
from tokstack.api.posts import STATISTIC

handler = serve(STATISTIC)
