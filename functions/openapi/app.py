"""GET /openapi.json: the description of every route."""

from tokstack.api.entry import serve
from tokstack.api.service import OPENAPI

handler = serve(OPENAPI)
