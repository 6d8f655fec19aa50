"""POST /mcp: the operations as tools of the Model Context Protocol."""

from tokstack.api.entry import serve
from tokstack.api.mcp import MCP

handler = serve(MCP)
