"""The library's functions, each with its event."""

from typing import Any

import pytest

from tests.functions import run, sample
from tokstack.errors import Code, TokstackError
from tokstack.library import indexer, messages, queues, uploads
from tokstack.library.index import Outcome

BROKEN = TokstackError(Code.SERVICE_UNAVAILABLE, "No.")


class Fake:
    """Whatever is called of it is noted, and answered with what is to come of it."""

    def __init__(self, **outcomes: Any) -> None:
        self.outcomes = outcomes
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            self.calls.append((name, *(each for each in given if not callable(each)), *named.values()))
            outcome = self.outcomes.get(name)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        return call


def test_an_upload_is_taken_by_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake()
    monkeypatch.setattr(uploads, "uploads", lambda: fake)
    run("library_upload")
    assert fake.calls == [("take", "uploads/library/My ads (1).jsonl")]


def test_messages_are_taken_each_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    fake, queue = Fake(), Fake()
    monkeypatch.setattr(messages, "messages", lambda: fake)
    monkeypatch.setattr(queues, "library_queue", lambda: queue)
    assert run("library_ingest") == {"batchItemFailures": []}
    assert [call[1] for call in fake.calls] == [record["body"] for record in sample("library_ingest")["Records"]]
    fake.outcomes["take"] = BROKEN
    failures = run("library_ingest")["batchItemFailures"]
    assert [each["itemIdentifier"] for each in failures] == [
        record["messageId"] for record in sample("library_ingest")["Records"]
    ]
    assert queue.calls == [("come_back", "MessageReceiptHandle", 1)] * 2


SCHEDULED = {"source": "aws.scheduler", "detail": {}}
REBUILD = {**sample("library_index")["Records"][0], "body": '{"rebuild": true}'}


@pytest.mark.parametrize(
    ("event", "outcome", "asked", "sent"),
    [
        (None, Outcome.DONE, ["turn"], []),
        (None, Outcome.MORE, ["turn"], [("send", {}, 0)]),
        (None, Outcome.BUSY, ["turn"], [("send", {}, 10)]),
        (SCHEDULED, Outcome.MORE, ["turn"], [("send", {}, 0)]),
        ({"Records": [REBUILD, REBUILD]}, Outcome.DONE, ["rebuild", "turn"], []),
        (
            {"Records": [REBUILD]},
            Outcome.BUSY,
            ["rebuild", "turn"],
            [("send", {"rebuild": True}, 10), ("send", {}, 10)],
        ),
        ({"Records": [{**REBUILD, "body": "no"}, {**REBUILD, "body": "[1]"}]}, Outcome.DONE, ["turn"], []),
    ],
)
def test_all_messages_are_one_turn(
    monkeypatch: pytest.MonkeyPatch, event: Any, outcome: Outcome, asked: list[str], sent: list[Any]
) -> None:
    fake, queue = Fake(turn=outcome, rebuild=outcome), Fake()
    monkeypatch.setattr(indexer, "indexer", lambda: fake)
    monkeypatch.setattr(queues, "index_queue", lambda: queue)
    assert run("library_index", event) is None
    assert [call[0] for call in fake.calls] == asked
    assert [call for call in queue.calls if call[0] == "send"] == sent


def test_a_turn_that_fails_comes_back_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Fake()
    monkeypatch.setattr(indexer, "indexer", lambda: Fake(turn=BROKEN))
    monkeypatch.setattr(queues, "index_queue", lambda: queue)
    with pytest.raises(TokstackError):
        run("library_index")
    assert queue.calls == [("hide", "MessageReceiptHandle", 60), ("come_back", "MessageReceiptHandle", 1)]


def test_the_message_of_a_lost_worker_comes_again_and_a_rebuilding_is_not_begun_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queue = Fake()
    monkeypatch.setattr(indexer, "indexer", lambda: Fake(turn=Outcome.DONE, rebuild=Outcome.DONE))
    monkeypatch.setattr(queues, "index_queue", lambda: queue)
    run("library_index", {"Records": [REBUILD]})
    assert queue.calls == []
    run("library_index")
    assert queue.calls == [("hide", "MessageReceiptHandle", 60)]
