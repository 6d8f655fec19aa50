"""The indices behind an alias: which one is read, how another takes its place, and when the old ones go.

Each index has an alias of its own by which it is written. It is taken away with the right to be read, so that whoever
began before writes into nothing any more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from opensearchpy import NotFoundError, OpenSearch, RequestError

from tokstack.library.engines.form import FORM
from tokstack.library.engines.opensearch import mapping
from tokstack.library.engines.opensearch.connection import answering
from tokstack.library.engines.protocol import SupersededError

_KEPT = 3600.0  # seconds, for those who read it still


@dataclass(frozen=True, slots=True)
class State:
    """`newest` grows with whatever is written."""

    index: str
    newest: int


class Indices:
    def __init__(self, client: OpenSearch, alias: str, now: Callable[[], float]) -> None:
        self._client = client.indices
        self._alias = alias
        self._now = now

    def current(self) -> str | None:
        """The one that is read."""
        with answering():
            try:
                names: list[str] = list(self._client.get_alias(name=self._alias))
            except NotFoundError:
                return None
        return names[0]

    def settled(self) -> str:
        """The one that is read, made where there is none; of two that make it at once both have the same."""
        return self.current() or self._first()

    def outdated(self, index: str) -> bool:
        with answering():
            known = self._client.get_mapping(index=index)[index]["mappings"]
        return bool(known.get("_meta", {}).get("form") != FORM)

    def state(self) -> State | None:
        index = self.current()
        if index is None:
            return None
        with answering():
            stats = self._client.stats(index=index, level="shards", metric="docs")
        copies = stats["indices"][index]["shards"]["0"]
        return State(index, max(copy["seq_no"]["max_seq_no"] for copy in copies))

    def made(self) -> str:
        """A new one, which nobody reads."""
        index = f"{self._alias}-{uuid4().hex}"
        with answering():
            self._make(index, {writers(index): {}})
        return index

    def exchange(self, old: str | None, new: str) -> None:
        actions: list[Mapping[str, Any]] = [{"add": {"index": new, "alias": self._alias}}]
        if old:
            taken = [self._alias, writers(old)]
            actions += [{"remove": {"index": old, "alias": alias, "must_exist": True}} for alias in taken]
        with answering():
            try:
                self._client.update_aliases(body={"actions": actions})
            except NotFoundError as error:
                raise SupersededError from error

    def delete(self, index: str) -> None:
        with answering():
            self._client.delete(index=index, ignore_unavailable=True)

    def tidy(self) -> None:
        """Deletes what has not been read for an hour, or was begun that long ago and never was."""
        current = self.current()
        with answering():
            known = self._client.get_settings(index=f"{self._alias}-*", name="index.creation_date")
        made = {index: int(said["settings"]["index"]["creation_date"]) / 1000 for index, said in known.items()}
        for index, since in made.items():
            # It was read until the current one had been built, which takes less than an hour.
            if index != current and max(since, made.get(current or "", 0)) < self._now() - _KEPT:
                self.delete(index)

    def _first(self) -> str:
        index = f"{self._alias}-first"
        with answering():
            try:
                self._make(index, {self._alias: {}, writers(index): {}})
            except RequestError as error:
                if error.error != "resource_already_exists_exception":
                    raise
        return index

    def _make(self, index: str, aliases: Mapping[str, Any]) -> None:
        self._client.put_index_template(name=self._alias, body=mapping.template(self._alias))
        self._client.create(index=index, body={"aliases": aliases})


def writers(index: str) -> str:
    return f"{index}-writers"
