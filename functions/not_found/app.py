"""Every other path and method."""

from tokstack.api.entry import serve
from tokstack.api.not_found import NOT_FOUND

handler = serve(NOT_FOUND)
