"""GET /v1/tiktok/search?query=, also as /v1/tiktok/search/videos: posts with these words."""

from tokstack.api.entry import serve
from tokstack.api.social.finding_routes import SEARCH

handler = serve(SEARCH)
