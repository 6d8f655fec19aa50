"""GET /docs: a page that shows the description."""

from tokstack.api.entry import serve
from tokstack.api.service import DOCS

handler = serve(DOCS)
