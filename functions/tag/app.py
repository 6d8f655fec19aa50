"""GET /v1/tiktok/tags/{tagName}: posts with a tag."""

from tokstack.api.entry import serve
from tokstack.api.social.finding_routes import TAG

handler = serve(TAG)
