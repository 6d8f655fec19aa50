"""The engine, as all that search or write hold it."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from opensearchpy import OpenSearch

from tokstack.library.engines.form import made_anew
from tokstack.library.engines.opensearch import mapping
from tokstack.library.engines.opensearch.connection import answering
from tokstack.library.engines.opensearch.indices import Indices
from tokstack.library.engines.opensearch.reader import OpenSearchReader
from tokstack.library.engines.opensearch.writer import Addition, Rebuilding
from tokstack.library.engines.protocol import Writer


class OpenSearchEngine:
    def __init__(
        self, client: OpenSearch, alias: str, *, window: int = mapping.WINDOW, now: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._alias = alias
        self._window = window
        self._indices = Indices(client, self._alias, now)

    def reader(self) -> OpenSearchReader:
        return OpenSearchReader(self._client, self._alias, self._window)

    def writing(self) -> AbstractContextManager[Writer]:
        """What a killed writer left is shown first, so that all see the same from the beginning."""
        index = self._indices.settled()
        if self._indices.outdated(index):
            raise made_anew()
        with answering():
            self._client.indices.refresh(index=index)
        return Addition(self._client, index)

    def rebuilding(self) -> AbstractContextManager[Writer]:
        return Rebuilding(self._client, self._indices)

    def outdated(self) -> bool:
        """Readers go on with it meanwhile: the node knows what its indices are like."""
        index = self._indices.current()
        return index is not None and self._indices.outdated(index)

    def count(self) -> int:
        with answering():
            counted: int = self._client.count(index=self._alias, ignore_unavailable=True)["count"]
            return counted

    def tidy(self) -> None:
        self._indices.tidy()
