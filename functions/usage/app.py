"""GET /v1/usage: what an account has left and what it has used."""

from tokstack.api.entry import serve
from tokstack.api.usage import USAGE

handler = serve(USAGE)
