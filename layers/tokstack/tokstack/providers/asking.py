"""One question to one upstream: is it asked at all, is it its turn, how long did it take, how did it end."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from aws_lambda_powertools.metrics import single_metric

from tokstack.errors import Code, TokstackError
from tokstack.observability import MetricUnit, logger, metrics
from tokstack.providers.circuit import Circuits
from tokstack.providers.deadline import Deadline
from tokstack.providers.limiter import Limiter
from tokstack.providers.protocol import Provider

T = TypeVar("T")
P = TypeVar("P", bound=Provider)

_LEAST_SECONDS = 1.0  # with less, a timeout would say nothing about the upstream


@dataclass(frozen=True, slots=True)
class Effort:
    """`seconds` for the answer, `patience` seconds for the upstream's turn to come."""

    seconds: float
    patience: float


REQUIRED = Effort(seconds=5.0, patience=4.0)
WANTED = Effort(seconds=3.0, patience=1.5)


class NotAskedError(TokstackError):
    """The upstream was spared: its circuit is open, its turn too far off, or there is no time left."""


class Causes:
    """Why nobody has answered so far. Who was asked counts for more than who was spared."""

    def __init__(self) -> None:
        self._last: tuple[str, TokstackError] | None = None

    def add(self, provider: Provider, error: TokstackError) -> None:
        if self._last is None or not isinstance(error, NotAskedError):
            self._last = (provider.name, error)

    def error(self) -> TokstackError:
        """The last cause, with the name of its provider."""
        if self._last is None:
            return TokstackError(Code.UPSTREAM_EMPTY, "No provider has what was asked for.")
        name, error = self._last
        return TokstackError(error.code, f"No provider could answer. The last cause, from {name}: {error.message}")


class Asking:
    def __init__(self, circuits: Circuits, limiter: Limiter) -> None:
        self._circuits = circuits
        self._limiter = limiter

    def ask(
        self,
        provider: P,
        question: Callable[[P, float], T],
        deadline: Deadline,
        *,
        effort: Effort = REQUIRED,
        tries: int = 1,
    ) -> T:
        """The answer to `question(provider, seconds)`; a passing failure is tried again until `tries` are spent."""
        while True:
            tries -= 1
            try:
                return self._try(provider, question, deadline, effort)
            except TokstackError as error:
                if not error.passing or isinstance(error, NotAskedError) or not tries:
                    raise

    def first(self, providers: Iterable[P], question: Callable[[P, float], T], deadline: Deadline, *, tries: int) -> T:
        """The first answer, in the order given. A final failure is an answer."""
        causes = Causes()
        for provider in providers:
            try:
                return self.ask(provider, question, deadline, tries=tries)
            except TokstackError as error:
                if not error.passing:
                    raise
                causes.add(provider, error)
        raise causes.error()

    def _try(self, provider: P, question: Callable[[P, float], T], deadline: Deadline, effort: Effort) -> T:
        self._wait_for_turn(provider, deadline, effort)
        started = time.monotonic()
        try:
            answer = question(provider, min(effort.seconds, deadline.left))
        except TokstackError as error:
            _measure(provider, error.code, started)
            if error.passing:
                logger.warning("An upstream failed", provider=provider.name, code=error.code, reason=error.message)
                self._circuits.failed(provider.name, error.code)
            else:
                self._circuits.succeeded(provider.name)
            raise
        _measure(provider, "ok", started)
        self._circuits.succeeded(provider.name)
        return answer

    def _wait_for_turn(self, provider: Provider, deadline: Deadline, effort: Effort) -> None:
        if deadline.left < _LEAST_SECONDS:
            raise NotAskedError(Code.UPSTREAM_TIMEOUT, "There was no time left to ask.")
        if not self._circuits.allows(provider.name):
            raise NotAskedError(Code.UPSTREAM_UNAVAILABLE, "It is not asked at present.")
        patience = min(effort.patience, deadline.left - _LEAST_SECONDS)
        if provider.pause and not self._limiter.wait(provider.name, provider.pause, patience):
            raise NotAskedError(Code.UPSTREAM_RATE_LIMITED, "Its next free turn is too far off.")


def _measure(provider: Provider, outcome: str, started: float) -> None:
    """One metric tells both: how long the attempts took and, by its sample count, how many there were."""
    with single_metric(
        name="UpstreamLatency",
        unit=MetricUnit.Milliseconds,
        value=(time.monotonic() - started) * 1000,
        namespace=metrics.namespace,
    ) as metric:
        metric.add_dimension(name="provider", value=provider.name)
        metric.add_dimension(name="outcome", value=outcome)
