"""The engine of this deployment."""

from functools import cache

from tokstack.config import settings
from tokstack.library.engines.protocol import Engine


@cache
def engine() -> Engine:
    """Imports what searches, and nothing does before."""
    if url := settings().opensearch_url:
        from tokstack.library.engines.opensearch import OpenSearchEngine, client

        return OpenSearchEngine(client(url), settings().library_table.lower())  # as indices are named
    from tokstack.library.engines.embedded.engine import embedded

    return embedded()
