"""What an index is like, and an entry in it.

One shard: it carries tens of millions of items, is read as of one moment, and its scores are of all items.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tokstack.library.engines.form import FORM
from tokstack.library.entry import Area, Entry, Keyword, Number

ID, VERSION = "id", "version"
WINDOW = 100_000  # items that lie before what one request is answered

# Lucene takes no longer ones; these are of no use to anybody, and are not found.
_LONGEST_KEYWORD = 32_766 // 4

_STORED_NUMBER = {"type": "long", "index": False}


def text(area: Area) -> str:
    return f"texts.{area}"


def keyword(keyword: Keyword) -> str:
    return f"keywords.{keyword}"


def number(number: Number) -> str:
    return f"numbers.{number}"


def document(entry: Entry) -> Mapping[str, Any]:
    """Whole, always: OpenSearch would change a part of it only by losing what it has not kept."""
    return {
        ID: entry.id,
        VERSION: entry.version,
        "texts": entry.texts,
        "keywords": entry.keywords,
        "numbers": entry.numbers,
    }


def template(alias: str) -> Mapping[str, Any]:
    """Of every index of that alias."""
    return {
        "index_patterns": [f"{alias}-*"],
        "template": {
            "settings": {
                "number_of_shards": 1,
                "auto_expand_replicas": "0-1",
                "refresh_interval": -1,
                "max_result_window": WINDOW,
            },
            "mappings": {
                "_meta": {"form": FORM},
                "dynamic": "strict",  # what is misspelt is refused, and not passed over
                "properties": {
                    ID: _STORED_NUMBER,
                    VERSION: _STORED_NUMBER,
                    "texts": _each(Area, {"type": "text", "analyzer": "whitespace", "position_increment_gap": 100}),
                    "keywords": _each(Keyword, {"type": "keyword", "ignore_above": _LONGEST_KEYWORD}),
                    "numbers": _each(Number, {"type": "long"}),
                },
            },
        },
    }


def _each(names: type[Area] | type[Keyword] | type[Number], field: Mapping[str, Any]) -> Mapping[str, Any]:
    fields: Sequence[str] = list(names)
    return {"properties": dict.fromkeys(fields, field)}
