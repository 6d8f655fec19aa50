"""Which request meets a fault, and which: a share of them, drawn from one seeded sequence.

challenge, login_wall               the site wants a browser's proof, or a login
empty, soft_block                   200 with nothing, or with a well-formed nothing
limiter, 403, 429, 5xx              asked too often; refused; broken
changed_shape                       a good answer under other names
timeout, slow, truncated, reset     what a network does
"""

import random
import threading
from collections.abc import Mapping
from typing import Any, NamedTuple

KINDS = (
    "challenge",
    "empty",
    "limiter",
    "soft_block",
    "login_wall",
    "403",
    "429",
    "5xx",
    "timeout",
    "slow",
    "truncated",
    "changed_shape",
    "reset",
)
_VARIANTS = 12  # divisible by the number of forms that any fault has


class Fault(NamedTuple):
    """One fault that is due; `variant` picks among the forms that it has."""

    kind: str
    variant: int


class Plan(NamedTuple):
    """What is asked for: a share of the requests to some hosts, or to all where none are named."""

    rate: float = 0.0
    kinds: tuple[str, ...] = KINDS
    hosts: tuple[str, ...] = ()
    seed: int = 0

    @classmethod
    def read(cls, body: Any) -> "Plan":
        """A plan from the JSON of a request. Raises ValueError with a sentence where it is none."""
        fields = body if isinstance(body, dict) else {}
        rate, kinds, hosts = fields.get("rate"), fields.get("kinds", "all"), fields.get("hosts", [])
        if not isinstance(rate, int | float) or not 0 <= rate <= 1:
            raise ValueError('"rate" is a number from 0 to 1')
        if kinds != "all" and not (isinstance(kinds, list) and kinds and set(kinds) <= set(KINDS)):
            raise ValueError(f'"kinds" is "all" or a list of some of {", ".join(KINDS)}')
        if not isinstance(hosts, list) or not all(isinstance(host, str) for host in hosts):
            raise ValueError('"hosts" is a list of names')
        if not isinstance(seed := fields.get("seed", 0), int):
            raise ValueError('"seed" is a whole number')  # noqa: TRY004 - one kind of error for a bad body
        if unknown := fields.keys() - {"rate", "kinds", "hosts", "seed"}:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        return cls(float(rate), KINDS if kinds == "all" else tuple(kinds), tuple(hosts), seed)

    def as_mapping(self) -> Mapping[str, Any]:
        return {"rate": self.rate, "kinds": self.kinds, "hosts": self.hosts, "seed": self.seed}


class Faults:
    """The plan in force. The same plan gives the same faults, in the order in which requests come."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.set(Plan())

    def set(self, plan: Plan) -> None:
        with self._lock:
            self.plan, self._rng = plan, random.Random(plan.seed)  # noqa: S311 - to be foreseen

    def draw(self, host: str) -> Fault | None:
        """The fault that a request to `host` meets, if any."""
        with self._lock:
            plan = self.plan
            if (plan.hosts and host not in plan.hosts) or self._rng.random() >= plan.rate:
                return None
            return Fault(self._rng.choice(plan.kinds), self._rng.randrange(_VARIANTS))
