"""What a route is made of. Every route is one `Route` value, which serves it and describes it."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from tokstack.api.families import Exchange, Shape
from tokstack.api.http import Reply, Request
from tokstack.config import settings
from tokstack.errors import Code


def _nothing_to_pay(_: int) -> None:
    raise RuntimeError("this route's price is known before its answer")


@dataclass(slots=True)
class Call:
    """One request and what is known of it so far."""

    request: Request
    account: str | None = None
    credits_used: int = 0
    credits_remaining: int | None = None  # None until the caller is known
    failure: Code | None = None
    pay: Callable[[int], None] = _nothing_to_pay  # where the answer's price is known with the answer
    began: float = field(default_factory=time.perf_counter)

    def exchange(self) -> Exchange:
        return Exchange(settings().service_name, self.request.base_url, self.request.id, datetime.now(UTC))

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.perf_counter() - self.began

    def left(self, seconds: float) -> float:
        """What is left of as many seconds from its beginning."""
        return max(0.0, seconds - self.seconds)

    @property
    def known_account(self) -> str:
        """The account, on a route that needs a key."""
        if self.account is None:
            raise RuntimeError("nobody asked who asks")
        return self.account


class Access(Protocol):
    """Who may ask, and what an answer costs."""

    @property
    def credits(self) -> int: ...

    @property
    def errors(self) -> tuple[Code, ...]:
        """Those that come of who asks."""

    def identify(self, call: Call) -> None:
        """Finds out who asks, and charges nothing."""

    def charge(self, call: Call, route: str) -> AbstractContextManager[None]:
        """Charges for what is done inside, and gives it back where that raises."""


class Open:
    """Anyone may ask, for nothing."""

    credits = 0
    errors = ()

    def identify(self, call: Call) -> None:
        pass

    def charge(self, call: Call, route: str) -> AbstractContextManager[None]:  # noqa: ARG002 - the protocol's
        return nullcontext()


OPEN = Open()


class NoQuery(BaseModel):
    """No query parameters."""

    model_config = ConfigDict(defer_build=True)


class Body(BaseModel):
    """The fields of a JSON body: no others, and each of its own type."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)


Asked = TypeVar("Asked", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Route(Generic[Asked]):
    """It asks for parameters in its query or for a JSON body, and answers what it then knows."""

    name: str  # in the ledger, the logs and the metrics
    paths: tuple[str, ...]  # aliases after the first
    summary: str
    answer: Callable[[Asked, Call], Reply]
    query: type[Asked] | None = None
    body: type[Asked] | None = None
    read: Callable[[Request], Asked] | None = None  # where its family reads, and tells faults, in its own way
    success: type[Shape] | None = None  # None where it is no JSON, or no model to have at the start
    errors: tuple[Code, ...] = ()  # besides those that every route of its access has
    access: Access = OPEN
    methods: tuple[str, ...] = ("GET",)
