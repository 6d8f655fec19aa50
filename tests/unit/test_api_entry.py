"""From event to answer: who asks, what it costs, and what is told when something fails."""

import json
from collections.abc import Callable
from io import StringIO

import pytest
from pydantic import BaseModel

from tests.exchanges import Answer, ask, event
from tests.tables import Clock
from tokstack.accounts import credits as accounts
from tokstack.accounts import keys, ledger
from tokstack.api import access
from tokstack.api.access import FREE, Charged
from tokstack.api.http import Reply
from tokstack.api.not_found import NOT_FOUND
from tokstack.api.routes import OPEN, Access, Call, Route
from tokstack.api.service import HEALTH, Health
from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.observability import logger
from tokstack.table import Table

PATH = "/api/tiktok/statistic"
GRANTED = 10

pytestmark = pytest.mark.usefixtures("environment")


class Question(BaseModel):
    url: str


@pytest.fixture
def key(table: Table, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(access, "table", lambda: table)
    accounts.grant(table, "acme", GRANTED)
    return keys.create(table, "acme")


@pytest.fixture
def balance(table: Table) -> Callable[[], int]:
    return lambda: accounts.show(table, "acme").balance


def route(answer: Callable[[Question, Call], Reply], access: Access | None = None) -> Route[Question]:
    return Route("statistic", (PATH,), "", answer, query=Question, access=access or Charged(3))


def fine(question: Question, _: Call) -> Reply:
    return Reply(200, question.url)


def failing(error: Exception) -> Callable[[Question, Call], Reply]:
    def answer(_: Question, __: Call) -> Reply:
        raise error

    return answer


def credits_of(answer: Answer) -> tuple[str | None, str | None]:
    return answer.headers.get("X-Credits-Used"), answer.headers.get("X-Credits-Remaining")


def test_a_success_costs(key: str, balance: Callable[[], int], table: Table) -> None:
    request = event(PATH, "url=a", authorization=f"Bearer {key}")
    answer = ask(route(fine), request)
    assert (answer.status, answer.text) == (200, "a")
    assert credits_of(answer) == ("3", "7")
    assert balance() == 7
    assert answer.headers["X-Request-Id"] == request["requestContext"]["requestId"]
    assert ledger.usage(table, "acme").by_route == {"statistic": 3}


def test_a_settled_charge_is_never_swept(key: str, balance: Callable[[], int], table: Table, clock: Clock) -> None:
    ask(route(fine), event(PATH, "url=a", x_api_key=key))
    clock.now += 86_400
    assert ledger.sweep(table) == 0
    assert balance() == 7


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (TokstackError(Code.POST_DELETED, "Gone."), 410, "post_deleted"),
        (TokstackError(Code.UPSTREAM_CHALLENGE, "No."), 502, "upstream_challenge"),
        (RuntimeError("secret"), 500, "internal_error"),
    ],
)
def test_a_failure_costs_nothing(
    key: str, balance: Callable[[], int], error: Exception, status: int, code: str
) -> None:
    answer = ask(route(failing(error)), event(PATH, "url=a", x_api_key=key))
    assert (answer.status, answer.body["error"], answer.body["code"]) == (status, code, status)
    assert credits_of(answer) == ("0", "10")
    assert balance() == GRANTED


def test_what_nobody_foresaw_is_logged_and_never_shown(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    log = StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", log)
    request = event(PATH, "url=a", x_api_key=key)
    answer = ask(route(failing(RuntimeError("secret"))), request)
    assert "secret" not in answer.text
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["message"] for line in lines] == ["unexpected", "answered"]
    assert "secret" in lines[0]["exception"]
    assert {line["request_id"] for line in lines} == {request["requestContext"]["requestId"]}
    assert key not in log.getvalue()


@pytest.mark.parametrize("query", ["", "url=%zz", "url=a&url=b"])
def test_a_bad_question_costs_nothing(key: str, balance: Callable[[], int], query: str) -> None:
    answer = ask(route(fine), event(PATH, query, x_api_key=key))
    assert (answer.status, answer.body["error"]) == (400, "validation_error")
    assert answer.body["message"].startswith("url: ")
    assert credits_of(answer) == ("0", "10")
    assert balance() == GRANTED


@pytest.mark.parametrize("query", ["url=a", "url=%zz"])
@pytest.mark.parametrize(
    ("given", "code"), [({}, "missing_api_key"), ({"x_api_key": "tok_" + "x" * 40}, "invalid_api_key")]
)
@pytest.mark.usefixtures("key")
def test_a_bad_key_is_told_before_a_bad_question(query: str, given: dict[str, str], code: str) -> None:
    answer = ask(route(fine), event(PATH, query, **given))
    assert (answer.status, answer.body["error"]) == (401, code)
    assert credits_of(answer) == (None, None)


def test_too_few_credits(key: str, balance: Callable[[], int]) -> None:
    answer = ask(route(fine, Charged(GRANTED + 1)), event(PATH, "url=a", x_api_key=key))
    assert (answer.status, answer.body["error"]) == (402, "insufficient_credits")
    assert credits_of(answer) == ("0", "10")
    assert balance() == GRANTED


def test_over_its_rate_a_key_is_told_when_to_come_back(key: str, table: Table) -> None:
    assert key
    slow = keys.create(table, "acme", rate=1)
    answers = [ask(route(fine), event(PATH, "url=a", x_api_key=slow)) for _ in range(3)]
    assert answers[-1].status == 429
    assert answers[-1].body["error"] == "rate_limited"
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert credits_of(answers[-1])[0] == "0"
    assert credits_of(answers[-1])[1] == credits_of(answers[0])[1]


def test_an_answer_stands_where_its_outcome_cannot_be_written(
    key: str, table: Table, clock: Clock, balance: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_order(*_: object) -> None:
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "No.")

    monkeypatch.setattr(ledger, "refund", out_of_order)
    answer = ask(route(failing(TokstackError(Code.POST_DELETED, "Gone."))), event(PATH, "url=a", x_api_key=key))
    assert answer.status == 410
    assert balance() == 7
    monkeypatch.undo()
    clock.now += 86_400
    assert ledger.sweep(table) == 1
    assert balance() == GRANTED


def test_retry_after_is_in_whole_seconds(key: str) -> None:
    busy = TokstackError(Code.SERVICE_UNAVAILABLE, "Busy.", retry_after=1.2)
    assert ask(route(failing(busy)), event(PATH, "url=a", x_api_key=key)).headers["Retry-After"] == "2"
    unstated = TokstackError(Code.SERVICE_UNAVAILABLE, "Busy.")
    assert ask(route(failing(unstated)), event(PATH, "url=a", x_api_key=key)).headers["Retry-After"] == "1"
    gone = TokstackError(Code.POST_DELETED, "Gone.")
    assert "Retry-After" not in ask(route(failing(gone)), event(PATH, "url=a", x_api_key=key)).headers


def test_who_has_no_key_is_answered_where_route_and_deployment_allow_it(
    key: str, environment: pytest.MonkeyPatch, balance: Callable[[], int]
) -> None:
    open_to_all = Charged(3, anonymous=True)
    assert ask(route(fine, open_to_all), event(PATH, "url=a")).status == 401
    settings.cache_clear()
    environment.setenv("ALLOW_ANONYMOUS", "true")
    answer = ask(route(fine, open_to_all), event(PATH, "url=a"))
    assert (answer.status, credits_of(answer)) == (200, (None, None))
    assert ask(route(fine, open_to_all), event(PATH)).body["error"] == "validation_error"
    assert balance() == GRANTED
    assert credits_of(ask(route(fine, open_to_all), event(PATH, "url=a", x_api_key=key))) == ("3", "7")
    assert ask(route(fine, open_to_all), event(PATH, "url=a", x_api_key="wrong")).status == 401
    assert ask(route(fine), event(PATH, "url=a")).status == 401
    assert ask(route(fine, FREE), event(PATH, "url=a")).status == 401


def test_a_free_route_needs_a_key_and_takes_nothing(key: str, balance: Callable[[], int]) -> None:
    assert ask(route(fine, FREE), event(PATH, "url=a")).status == 401
    answer = ask(route(fine, FREE), event(PATH, "url=a", x_api_key=key))
    assert (answer.status, credits_of(answer)) == (200, ("0", "10"))
    assert balance() == GRANTED


def test_an_open_route_asks_for_nothing() -> None:
    answer = ask(route(fine, OPEN), event(PATH, "url=a"))
    assert (answer.status, credits_of(answer)) == (200, (None, None))


def test_each_answer_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    ask(HEALTH, event("/health"))
    ask(route(failing(ValueError()), OPEN), event(PATH, "url=a"))
    measured = [line for text in capsys.readouterr().out.splitlines() if "_aws" in (line := json.loads(text))]
    assert [(line["route"], line["Answers"], line["ServerErrors"]) for line in measured] == [
        ("health", [1.0], [0.0]),
        ("statistic", [1.0], [1.0]),
    ]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/tiktok/nothing", 404),
        ("/api/download", 404),
        ("/v1/nothing", 401),
        ("/v1/tiktok/library", 401),
        ("/nothing", 404),
        ("/v1", 404),
    ],
)
@pytest.mark.usefixtures("key")
def test_an_unknown_route_without_a_key(path: str, status: int) -> None:
    assert ask(NOT_FOUND, event(path)).status == status


def test_an_unknown_route_with_a_key(key: str, balance: Callable[[], int]) -> None:
    answer = ask(NOT_FOUND, event("/v1/nothing", method="DELETE", x_api_key=key))
    assert (answer.status, answer.body["error"]["code"]) == (404, "route_not_found")
    assert credits_of(answer) == ("0", "10")
    assert balance() == GRANTED


def test_health() -> None:
    answer = ask(HEALTH, event("/health"))
    assert answer.status == 200
    assert answer.body.keys() == {"status", "version", "time"}
    assert Health.model_validate(answer.body).status == "ok"
