"""Whether an upstream is asked at all: its circuit, and the owner's switch.

A circuit counts failures in a row across all workers. At the fifth it opens: nobody asks for a while,
then one worker does; its success closes the circuit, its failure opens it for twice as long. A state
is read from the table once a second and worker at most.
"""

from dataclasses import dataclass
from typing import Any

from tokstack.errors import Code
from tokstack.table import ConditionFailedError, Key, Table, Update

FAILURES = 5  # in a row, and the circuit opens
FIRST_REST = 5.0  # seconds
LONGEST_REST = 300.0
PROBE = 10.0  # seconds that the one who tries again has before another may
_FRESH = 1.0  # seconds that a state read from the table is trusted


@dataclass(frozen=True, slots=True)
class State:
    """Of one upstream. `rest_until` and `last_error_at` are epoch seconds."""

    enabled: bool = True
    failures: int = 0
    openings: int = 0  # in a row
    rest_until: float | None = None
    probing: bool = False  # one worker tries again
    last_error: str | None = None
    last_error_at: float | None = None

    def circuit(self, now: float) -> str:
        """closed, open or half-open, as the owner is shown it."""
        if self.rest_until is None:
            return "closed"
        return "open" if now < self.rest_until else "half-open"


class Circuits:
    """The circuits of all upstreams, by name."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._seen: dict[str, tuple[float, State]] = {}

    def allows(self, name: str) -> bool:
        """Whether to ask now. Where the circuit is half-open, True makes the caller the one who tries."""
        state, now = self._state(name), self._table.now()
        if not state.enabled:
            return False
        if state.rest_until is None:
            return True
        return now >= state.rest_until and self._take_probe(name, state, now)

    def succeeded(self, name: str) -> None:
        if self._state(name).failures:
            self._write(name, "SET failures = :zero, openings = :zero REMOVE rest_until, probing", {":zero": 0})

    def failed(self, name: str, code: Code) -> None:
        """Counts a passing failure, and opens the circuit when it is one too many."""
        now = self._table.now()
        state = self._write(
            name,
            "SET last_error = :code, last_error_at = :now ADD failures :one",
            {":code": code.value, ":now": now, ":one": 1},
        )
        if state.failures >= FAILURES and (state.rest_until is None or state.probing):
            self._open(name, state, now)

    def switch(self, name: str, *, enabled: bool) -> State:
        """The owner's word. Enabling forgets the failures, so that the upstream is asked at once."""
        if not enabled:
            return self._write(name, "SET enabled = :no", {":no": False})
        return self._write(
            name,
            "SET enabled = :yes, failures = :zero, openings = :zero REMOVE rest_until, probing",
            {":yes": True, ":zero": 0},
        )

    def state(self, name: str) -> State:
        """As the table has it."""
        return _state(self._table.get(_key(name)) or {})

    def _state(self, name: str) -> State:
        read_at, state = self._seen.get(name, (float("-inf"), State()))
        if self._table.now() - read_at >= _FRESH:
            state = self._remember(name, self.state(name))
        return state

    def _take_probe(self, name: str, seen: State, now: float) -> bool:
        """Whether this worker is the one of all that tries again."""
        return self._changed(
            name,
            "SET rest_until = :until, probing = :yes",
            {":until": now + PROBE, ":yes": True, ":seen": seen.rest_until},
            condition="rest_until = :seen",
        )

    def _open(self, name: str, seen: State, now: float) -> None:
        """Done by one of those who fail at the same time; the others find it done."""
        rest = min(LONGEST_REST, FIRST_REST * 2**seen.openings)
        self._changed(
            name,
            "SET rest_until = :until, openings = :more REMOVE probing",
            {":until": now + rest, ":more": seen.openings + 1, ":seen": seen.openings},
            condition="attribute_not_exists(openings) OR openings = :seen",
        )

    def _changed(self, name: str, expression: str, values: dict[str, Any], condition: str) -> bool:
        try:
            self._write(name, expression, values, condition)
        except ConditionFailedError:
            self._seen.pop(name, None)
            return False
        return True

    def _write(self, name: str, expression: str, values: dict[str, Any], condition: str | None = None) -> State:
        item = self._table.update(Update(_key(name), expression, condition=condition, values=values))
        return self._remember(name, _state(item))

    def _remember(self, name: str, state: State) -> State:
        self._seen[name] = (self._table.now(), state)
        return state


def _key(name: str) -> Key:
    return Key(f"PROVIDER#{name}", "CIRCUIT")


def _state(item: dict[str, Any]) -> State:
    return State(**{name: item[name] for name in State.__dataclass_fields__ if name in item})
