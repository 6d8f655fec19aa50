"""Access by API key, and what it costs: nothing, or credits that only a success keeps."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tokstack.accounts import ledger
from tokstack.accounts.ledger import Charge
from tokstack.api.auth import api_key
from tokstack.api.idempotency import HEADER
from tokstack.api.routes import Call
from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.observability import logger
from tokstack.table import Table, table

_KEY_ERRORS = (
    Code.MISSING_API_KEY,
    Code.INVALID_API_KEY,
    Code.API_KEY_DISABLED,
    Code.API_KEY_EXPIRED,
    Code.RATE_LIMITED,
    Code.SERVICE_UNAVAILABLE,
)


@dataclass(frozen=True, slots=True)
class Free:
    """Whoever has a key may ask, for nothing; or for `credits` that a job takes when it begins (jobs/start.py)."""

    credits: int = 0

    @property
    def errors(self) -> tuple[Code, ...]:
        return (*_KEY_ERRORS, Code.INSUFFICIENT_CREDITS) if self.credits else _KEY_ERRORS

    def identify(self, call: Call) -> None:
        with _refusal_told_to_its_holder(call):
            caller = ledger.identify(table(), api_key(call.request.headers))
        call.account, call.credits_remaining = caller.account, caller.remaining

    @contextmanager
    def charge(self, call: Call, route: str) -> Iterator[None]:  # noqa: ARG002 - the protocol's
        self.identify(call)
        yield


@dataclass(frozen=True, slots=True)
class Charged:
    """Whoever has a key pays; where `anonymous` and the deployment allow it, whoever has none asks for nothing."""

    credits: int
    anonymous: bool = False
    errors: tuple[Code, ...] = (*_KEY_ERRORS, Code.INSUFFICIENT_CREDITS)

    def identify(self, call: Call) -> None:
        if not self._unpaid(call):
            FREE.identify(call)

    @contextmanager
    def charge(self, call: Call, route: str) -> Iterator[None]:
        if self._unpaid(call):
            yield
            return
        charge = self._take(call, route)
        _used(call, charge)
        with _outcome(call, [charge]):
            yield

    def _unpaid(self, call: Call) -> bool:
        return self.anonymous and settings().allow_anonymous and api_key(call.request.headers) is None

    def _take(self, call: Call, route: str) -> Charge:
        key = api_key(call.request.headers)
        with _refusal_told_to_its_holder(call):
            return ledger.charge(table(), key, credits=self.credits, route=route, charge_id=call.request.id)


@dataclass(frozen=True, slots=True)
class PerRow:
    """Whoever has a key pays for each row of the answer once it is there; whoever has no credits may not ask."""

    credits: int = 1  # for each
    errors: tuple[Code, ...] = (*_KEY_ERRORS, Code.INSUFFICIENT_CREDITS)

    def identify(self, call: Call) -> None:
        FREE.identify(call)

    @contextmanager
    def charge(self, call: Call, route: str) -> Iterator[None]:
        self.identify(call)
        if (call.credits_remaining or 0) < self.credits:
            raise ledger.too_few(self.credits)
        final = HEADER not in call.request.headers  # else what is kept for a second call may yet fail to be kept
        open_charges: list[Charge] = []

        def pay(rows: int) -> None:
            if rows:
                charge = self._take(call, route, rows, final=final)
                _used(call, charge)
                open_charges.extend([] if final else [charge])

        call.pay = pay
        with _outcome(call, open_charges):
            yield

    def _take(self, call: Call, route: str, rows: int, *, final: bool) -> Charge:
        credits = rows * self.credits
        return ledger.spend(
            table(), call.known_account, credits=credits, route=route, charge_id=call.request.id, final=final
        )


FREE = Free()


def _used(call: Call, charge: Charge) -> None:
    call.account, call.credits_used, call.credits_remaining = charge.account, charge.credits, charge.remaining


@contextmanager
def _outcome(call: Call, charges: Sequence[Charge]) -> Iterator[None]:
    """A success keeps the credits; anything else gives them back."""
    try:
        yield
    except Exception:
        for charge in charges:
            call.credits_used, call.credits_remaining = 0, charge.remaining + charge.credits
            _close(ledger.refund, charge)
        raise
    for charge in charges:
        _close(ledger.settle, charge)


@contextmanager
def _refusal_told_to_its_holder(call: Call) -> Iterator[None]:
    """A caller with a good key who may not ask now is told all the same how many credits are left."""
    try:
        yield
    except TokstackError as refused:
        if refused.code in (Code.INSUFFICIENT_CREDITS, Code.RATE_LIMITED):
            caller = ledger.holder(table(), api_key(call.request.headers))
            call.account, call.credits_remaining = caller.account, caller.remaining
        raise


def _close(outcome: Callable[[Table, Charge], object], charge: Charge) -> None:
    """The answer stands whether or not its outcome could be written: the sweep gives open charges back."""
    try:
        outcome(table(), charge)
    except TokstackError:
        logger.exception("a charge is left open", extra={"charge": charge.id})
