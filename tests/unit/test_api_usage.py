"""`/v1/usage`: the ledger's sums, for nothing."""

import pytest

from tests.exchanges import ask, event
from tokstack.accounts import credits as accounts
from tokstack.accounts import keys, ledger
from tokstack.api import access, usage
from tokstack.api.usage import USAGE
from tokstack.table import Table

pytestmark = pytest.mark.usefixtures("environment")


@pytest.fixture
def key(table: Table, monkeypatch: pytest.MonkeyPatch) -> str:
    for module in (access, usage):
        monkeypatch.setattr(module, "table", lambda: table)
    accounts.grant(table, "acme", 10)
    return keys.create(table, "acme")


def test_it_tells_what_is_left_and_what_was_used(key: str, table: Table) -> None:
    for charge_id, route, credits in (("a", "statistic", 1), ("b", "slides", 2), ("c", "statistic", 1)):
        ledger.charge(table, key, credits=credits, route=route, charge_id=charge_id)
    answer = ask(USAGE, event("/v1/usage", authorization=f"Bearer {key}"))
    assert answer.status == 200
    assert answer.body == {
        "data": {
            "account": "acme",
            "creditsRemaining": 6,
            "creditsUsed": 4,
            "byRoute": {"statistic": 2, "slides": 2},
            "byDay": {"2027-01-15": 4},
        }
    }
    assert (answer.headers["X-Credits-Used"], answer.headers["X-Credits-Remaining"]) == ("0", "6")


@pytest.mark.usefixtures("key")
def test_it_is_for_callers_with_a_key() -> None:
    answer = ask(USAGE, event("/v1/usage"))
    assert answer.status == 401
    assert answer.body["error"] == {
        "code": "missing_api_key",
        "message": "Provide an API key using Authorization: Bearer <api_key>.",
        "requestId": answer.headers["X-Request-Id"],
    }
