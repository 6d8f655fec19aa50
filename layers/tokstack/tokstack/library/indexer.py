"""This function's indexer."""

import time
from functools import cache

from tokstack.library.bucket import library_bucket
from tokstack.library.documents import documents
from tokstack.library.engines.chosen import engine
from tokstack.library.index import Indexer
from tokstack.library.log import log
from tokstack.library.retired import Retired
from tokstack.table import library_table


@cache
def indexer() -> Indexer:
    retired = Retired(library_bucket(), documents(), time.time)
    return Indexer(library_table(), log(), documents(), retired, engine())
