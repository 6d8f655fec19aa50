"""The OpenSearch engine: for a library that outgrows the embedded one.

An alias means the one index that is read. An index holds what is searched, and no document. It is shown anew when a
publication says so and never by itself, except after a restart or a move of the node's: then a part of what a killed
writer was publishing may be seen. Each of its entries is right in itself, as documents are written before, and the
next turn shows all of them and writes the others.
"""

from tokstack.library.engines.opensearch.connection import client
from tokstack.library.engines.opensearch.engine import OpenSearchEngine

__all__ = ["OpenSearchEngine", "client"]
