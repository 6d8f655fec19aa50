"""The whole stack for those who ask over HTTP, and no socket at all for unit tests."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_socket
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests.clouds import Stack, running
from tokstack.accounts import credits as balance
from tokstack.accounts import keys
from tokstack.table import Table

_UNIT = Path(__file__).parent / "unit"
_STRAIN = "tests/e2e/"

NewKey = Callable[..., str]

# How long an example takes says nothing: other tests and whole clouds share the processors.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


class _Whole(LoadFileScheduling):  # type: ignore[misc] # xdist has no types
    """Of workers at once (`pytest -n 2`), each has whole files; what strains a cloud is with one of them."""

    def _split_scope(self, nodeid: str) -> str:
        return _STRAIN if nodeid.startswith(_STRAIN) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    return _Whole(config, log)


def pytest_collection_finish() -> None:
    """Thousands of collected tests live to the end: looking at them in each collection of garbage takes a minute."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """`python -m local run` on the sample upstream, once for the whole session."""
    with running(tmp_path_factory.mktemp("stack"), "--library") as running_stack:
        yield running_stack


@pytest.fixture(scope="session")
def stack_table(stack: Stack) -> Iterator[Table]:
    """The stack's table, as its owner sees it."""
    with stack.client("dynamodb") as client:
        yield Table(client, "tokstack-data")


@pytest.fixture
def new_key(stack_table: Table) -> NewKey:
    """Makes API keys: `new_key(credits=100, rate=None, expires_at=None, account=a new one)`."""

    def make(
        *, credits: int = 100, rate: int | None = None, expires_at: float | None = None, account: str | None = None
    ) -> str:
        owner = account or f"test-{uuid4().hex[:12]}"
        key = keys.create(stack_table, owner, rate=rate, expires_at=expires_at)
        balance.grant(stack_table, owner, credits)
        return key

    return make


@pytest.fixture(autouse=True)
def _no_socket_in_unit_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    if not request.path.is_relative_to(_UNIT):
        yield
        return
    pytest_socket.disable_socket(allow_unix_socket=True)
    yield
    pytest_socket.enable_socket()
