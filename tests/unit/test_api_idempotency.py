"""`Idempotency-Key`: the first answer again, for nothing; of a failure, nothing."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import tokstack.table
from tests.exchanges import Answer, ask, event, post
from tests.tables import Clock
from tokstack.accounts import credits as accounts
from tokstack.accounts import keys, ledger
from tokstack.accounts.keys import Status
from tokstack.api import access, idempotency
from tokstack.api.access import FREE, Charged
from tokstack.api.http import Reply, Request
from tokstack.api.routes import Access, Body, Call, Route
from tokstack.errors import Code, TokstackError
from tokstack.table import Table

PATH = "/api/download"
GRANTED = 10

pytestmark = pytest.mark.usefixtures("environment")


class Thing(Body):
    name: str = ""


class Worker:
    """Counts how often it is really asked."""

    def __init__(self, reply: Reply | None = None) -> None:
        self.times = 0
        self.failure: Exception | None = None
        self.reply = reply

    def __call__(self, thing: Thing, _: Call) -> Reply:
        self.times += 1
        if self.failure:
            raise self.failure
        body = json.dumps({"times": self.times, "name": thing.name}, ensure_ascii=False)
        return self.reply or Reply(200, body, {"Content-Type": "application/json", "X-Extra": "1"})


@pytest.fixture
def key(table: Table, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(access, "table", lambda: table)
    monkeypatch.setattr(tokstack.table, "table", lambda: table)
    accounts.grant(table, "acme", GRANTED)
    return keys.create(table, "acme")


@pytest.fixture
def balance(table: Table) -> Callable[[], int]:
    return lambda: accounts.show(table, "acme").balance


def route(worker: Worker, access: Access | None = None) -> Route[Thing]:
    return Route("thing", (PATH, "/api/other"), "", worker, body=Thing, access=access or Charged(3), methods=("POST",))


def send(worker: Worker, key: str, body: Any = None, *, again: str = "k", path: str = PATH) -> Answer:
    return ask(route(worker), post(path, body or {}, x_api_key=key, idempotency_key=again))


def credits_of(answer: Answer) -> tuple[str | None, str | None]:
    return answer.headers.get("X-Credits-Used"), answer.headers.get("X-Credits-Remaining")


def test_the_first_answer_is_given_again(key: str, balance: Callable[[], int]) -> None:
    worker = Worker()
    first, second = (send(worker, key, {"name": "é"}) for _ in range(2))
    assert (first.status, first.body) == (200, {"times": 1, "name": "é"})
    assert (second.status, second.body) == (first.status, first.body)
    assert (credits_of(first), credits_of(second)) == (("3", "7"), ("0", "7"))
    assert second.headers["X-Extra"] == "1"
    assert second.headers["Content-Type"] == "application/json"
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    assert balance() == 7


def test_each_key_account_and_call_without_a_key_is_its_own(key: str, table: Table) -> None:
    accounts.grant(table, "other", GRANTED)
    worker, other = Worker(), keys.create(table, "other")
    send(worker, key)
    assert send(worker, key, again="K").body["times"] == 2
    assert send(worker, other).body["times"] == 3
    assert ask(route(worker), post(PATH, {}, x_api_key=key)).body["times"] == 4
    assert send(worker, keys.create(table, "acme")).body["times"] == 1


@pytest.mark.parametrize(("body", "path"), [({"name": "b"}, PATH), ({"name": "a"}, "/api/other")])
def test_another_request_with_the_key_is_a_conflict(
    key: str, balance: Callable[[], int], body: dict[str, str], path: str
) -> None:
    worker = Worker()
    send(worker, key, {"name": "a"})
    answer = send(worker, key, body, path=path)
    assert answer.status == 409
    assert "idempotency_conflict" in answer.text
    assert "Retry-After" not in answer.headers
    assert credits_of(answer) == ("0", "7")
    assert (worker.times, balance()) == (1, 7)


@pytest.mark.parametrize("failure", [TokstackError(Code.POST_DELETED, "Gone."), RuntimeError("x")])
def test_a_failure_may_be_tried_again(key: str, balance: Callable[[], int], failure: Exception) -> None:
    worker = Worker()
    worker.failure = failure
    assert send(worker, key, {"name": "a"}).status >= 400
    assert balance() == GRANTED
    worker.failure = None
    answer = send(worker, key, {"name": "b"})
    assert (answer.status, credits_of(answer)) == (200, ("3", "7"))


def test_a_second_call_while_the_first_is_at_work(key: str, balance: Callable[[], int]) -> None:
    answers: list[Answer] = []

    class Slow(Worker):
        def __call__(self, thing: Thing, call: Call) -> Reply:
            if not answers:
                answers.append(send(worker, key))
            return super().__call__(thing, call)

    worker = Slow()
    assert send(worker, key).status == 200
    assert (answers[0].status, answers[0].body["code"]) == (409, "idempotency_conflict")
    assert answers[0].headers["Retry-After"] == "1"
    assert (worker.times, balance()) == (1, 7)


def test_of_many_at_once_one_is_done(key: str, balance: Callable[[], int]) -> None:
    worker = Worker()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(worker, key), range(16)))
    assert {answer.status for answer in answers} <= {200, 409}
    assert worker.times == 1
    assert balance() == 7


def test_a_mark_of_a_dead_worker_ends(key: str, table: Table, clock: Clock, balance: Callable[[], int]) -> None:
    request = post(PATH, {}, x_api_key=key, idempotency_key="k")
    dead = idempotency.Turn(table, idempotency._place("acme", "k"), idempotency._digest(Request.read(request)), "dead")
    assert dead.take() is None
    answer = send(Worker(), key)
    assert (answer.status, answer.headers["Retry-After"]) == (409, "1")
    clock.now += 30
    assert send(Worker(), key).status == 200
    assert balance() == 7


def test_who_lost_its_turn_is_told_and_does_not_pay(key: str, clock: Clock, balance: Callable[[], int]) -> None:
    class TooSlow(Worker):
        def __call__(self, thing: Thing, call: Call) -> Reply:
            clock.now += 31
            assert send(quick, key).status == 200
            return super().__call__(thing, call)

    quick = Worker()
    answer = send(TooSlow(), key)
    assert (answer.status, credits_of(answer)[0]) == (409, "0")
    assert send(Worker(), key).body == {"times": 1, "name": ""}
    assert balance() == 7


def test_an_answer_is_kept_for_a_day(key: str, clock: Clock) -> None:
    worker = Worker()
    send(worker, key)
    clock.now += 86_399
    assert send(worker, key).body["times"] == 1
    clock.now += 1
    assert send(worker, key).body["times"] == 2


@pytest.mark.parametrize(
    "reply", [Reply(200, b"file"), Reply(303, headers={"Location": "/x"}), Reply(202, '{"job": 1}')]
)
def test_what_is_no_answer_of_its_own_is_asked_for_again(key: str, reply: Reply) -> None:
    worker = Worker(reply)
    assert [ask(route(worker, FREE), post(PATH, {}, x_api_key=key, idempotency_key="k")).status for _ in range(2)] == [
        reply.status,
        reply.status,
    ]
    assert worker.times == 2
    assert send(worker, key, {"name": "b"}).status == 409


def test_what_cannot_be_kept_costs_nothing(
    key: str, table: Table, balance: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_order(*_: object) -> None:
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "No.")

    monkeypatch.setattr(idempotency.Turn, "keep", out_of_order)
    assert send(Worker(), key).status == 503
    assert balance() == GRANTED


def test_a_large_answer_is_kept(key: str) -> None:
    text = json.dumps({"items": [{"title": f"{n} é" + "a caption of some length " * 80} for n in range(50)]})
    worker = Worker(Reply(200, text))
    send(worker, key)
    assert send(worker, key).text == text
    assert worker.times == 1


@pytest.mark.parametrize("given", ["", "x" * 256, "é", "a\tb", "a\x7f"])
def test_a_bad_key(key: str, balance: Callable[[], int], given: str) -> None:
    answer = send(Worker(), key, again=given)
    assert (answer.status, answer.body["code"], credits_of(answer)) == (400, "validation_error", ("0", "10"))
    assert balance() == GRANTED


@pytest.mark.parametrize("given", ["x" * 255, " ", '"8e03978e-40d5-43dd-bc93-6894a57f9324"'])
def test_a_good_key(key: str, given: str) -> None:
    worker = Worker()
    assert [send(worker, key, again=given).body["times"] for _ in range(2)] == [1, 1]


def test_who_may_not_ask_is_told_that_first(key: str, table: Table, clock: Clock) -> None:
    worker = Worker()
    send(worker, key)
    for given, status in (("", 401), ("tok_" + "x" * 40, 401)):
        assert send(worker, given).status == status
        assert send(worker, given, again="").status == status
    keys.set_status(table, key, Status.DISABLED)
    assert send(worker, key).status == 403
    assert send(worker, key, {"name": "another"}).status == 403
    assert worker.times == 1


def test_a_replay_goes_by_the_keys_rate(key: str, table: Table) -> None:
    slow = keys.create(table, "acme", rate=1)
    answers = [send(Worker(), slow).status for _ in range(3)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_other_methods_have_no_turns(key: str, table: Table) -> None:
    worker = Worker()
    reading: Route[Thing] = Route("thing", (PATH,), "", worker, query=Thing, access=FREE)
    for _ in range(2):
        assert ask(reading, event(PATH, x_api_key=key, idempotency_key="k")).status == 200
    assert worker.times == 2
    assert ledger.usage(table, "acme").used == 0
