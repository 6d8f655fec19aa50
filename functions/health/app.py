"""GET /health: whether the service is up."""

from tokstack.api.entry import serve
from tokstack.api.service import HEALTH

handler = serve(HEALTH)
