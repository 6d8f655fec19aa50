"""`tokstack jobs`, on queues and a table in this process."""

import json
import os
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_sqs import SQSClient
from rich.console import Console
from typer.testing import CliRunner, Result

from cli import output, redriving, submitting
from cli import stack as stacks
from cli.main import app
from cli.sending import AT_ONCE, BYTES_AT_ONCE, batches
from cli.stack import Queues
from tests import jobs
from tests.command_line import answer, complaint
from tokstack.accounts import credits
from tokstack.api.reading import model_of
from tokstack.api.submissions import Submission
from tokstack.jobs import store
from tokstack.table import Table

Run = Callable[..., Result]

POST = "https://www.tiktok.com/@tiktok/video/7106594312292453675"
STATISTIC = {"kind": "statistic", "url": POST}
CONVERSION = {"kind": "convert", "url": "https://films.example/1", "format": "mp3", "options": {"start_time": 1}}


class Fussy:
    """A queue's client that takes no text with some word in it, the first `times` that it is sent."""

    def __init__(self, client: SQSClient, word: str, times: int) -> None:
        self._client, self._word, self._times = client, word, times
        self.batches: list[int] = []

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._client, operation)

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, str]]) -> Any:  # noqa: N803 - boto3's
        self.batches.append(len(Entries))
        refused = [entry for entry in Entries if self._times and self._word in entry["MessageBody"]]
        self._times -= bool(refused)
        good = [entry for entry in Entries if entry not in refused]
        if good:
            self._client.send_message_batch(QueueUrl=QueueUrl, Entries=good)  # type: ignore[arg-type] # passed on
        failed = [{"Id": entry["Id"], "Code": "Busy", "Message": "Not now.", "SenderFault": False} for entry in refused]
        return {"Failed": failed}


@pytest.fixture
def queues(dynamodb: DynamoDBClient) -> Queues:
    client = boto3.client("sqs", region_name="us-east-1", aws_access_key_id="local", aws_secret_access_key="local")
    jobs, dead = (client.create_queue(QueueName=f"{name}-{uuid4().hex}")["QueueUrl"] for name in ("jobs", "dead"))
    return Queues(client, jobs, dead)


@pytest.fixture
def run(table: Table, queues: Queues, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line on them; `lines` are its standard input."""
    monkeypatch.setattr(stacks, "_local", lambda: table)
    monkeypatch.setattr(stacks, "_queues", lambda _: queues)

    def invoke(line: str, lines: Sequence[Any] = ()) -> Result:
        text = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines)
        return CliRunner().invoke(app, line.split(), input=text)

    return invoke


def fussy(monkeypatch: pytest.MonkeyPatch, queues: Queues, word: str, times: int) -> Fussy:
    client = Fussy(queues.client, word, times)
    changed = Queues(client, queues.jobs, queues.dead)  # type: ignore[arg-type] # stands in for one
    monkeypatch.setattr(stacks, "_queues", lambda _: changed)
    return client


def lying(queues: Queues, url: str) -> list[str]:
    """The texts in a queue, which stay there."""
    looked_at = Queues(queues.client, "", url)
    return [message["Body"] for message in redriving.looked_at(looked_at, redriving.count(looked_at))]


def set_aside(queues: Queues, *texts: str) -> None:
    for text in texts:
        queues.client.send_message(QueueUrl=queues.dead, MessageBody=text)


def test_every_line_is_sent_and_its_id_is_printed(run: Run, queues: Queues) -> None:
    own = [{**STATISTIC, "account": "own", "id": f"mine-{number}"} for number in range(22)]
    result = run("jobs submit - --account acme", [*own, "", CONVERSION, "  "])
    ids = answer(result).splitlines()
    assert ids[:-1] == [line["id"] for line in own]
    assert result.stderr.splitlines() == ["23 messages sent."]
    sent = [json.loads(text) for text in lying(queues, queues.jobs)]
    assert sent == [*own, {**CONVERSION, "account": "acme", "id": ids[-1]}]


def test_the_same_lines_are_the_same_submissions(run: Run, queues: Queues) -> None:
    first = answer(run("jobs submit - --account acme", [STATISTIC, CONVERSION]))
    written_otherwise = [dict(reversed(STATISTIC.items())), {"id": None, "account": None, **CONVERSION}]
    assert answer(run("jobs submit - --account acme", written_otherwise)) == first
    texts = lying(queues, queues.jobs)
    assert texts[:2] == texts[2:]
    other = answer(run("jobs submit - --account another", [STATISTIC, CONVERSION]))
    assert not set(other.split()) & set(first.split())


def test_nothing_is_sent_unless_every_line_makes_sense(run: Run, queues: Queues) -> None:
    wrong = {
        "{": "no JSON",
        '{"kind": "statistic", "kind": "download"}': "kind: given more than once",
        "[]": "JSON object",
        json.dumps(STATISTIC): "account: Field required",
        json.dumps({**STATISTIC, "account": "a#b"}): "An account's name",
        json.dumps({**STATISTIC, "account": "a", "url": "https://films.example/1"}): "a statistic should be of",
        json.dumps({**CONVERSION, "account": "a", "format": None}): "format should be given",
        json.dumps({**STATISTIC, "account": "a", "id": "with space"}): "id: ",
        json.dumps({**STATISTIC, "account": "a", "id": 7}): "id: ",
    }
    result = run("jobs submit -", [{**STATISTIC, "account": "a"}, "", *wrong])
    *told, last = result.stderr.splitlines()
    assert (result.exit_code, result.stdout) == (1, "")
    assert last == f"{len(wrong)} of {len(wrong) + 1} lines make no sense: nothing was sent."
    for number, (line, why) in zip(told, enumerate(wrong.values(), start=3), strict=True):
        assert number.startswith(f"Line {line}: ")
        assert why in number
    assert lying(queues, queues.jobs) == []


def test_a_file_that_is_wrong_throughout_is_not_told_throughout(run: Run) -> None:
    *told, last = run("jobs submit -", ["{"] * 100).stderr.splitlines()
    assert len(told) == 20
    assert last == "100 of 100 lines make no sense: nothing was sent."


def test_what_comes_out_of_a_pipe_is_read_twice() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as end:
        end.write(b"1\n2\n")
    with os.fdopen(reading, "rb") as file, submitting.read_twice(file) as lines:
        assert [*lines] == [b"1\n", b"2\n"]
        lines.seek(0)
        assert [*lines] == [b"1\n", b"2\n"]


def test_what_was_not_taken_is_sent_once_more(run: Run, queues: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [{**STATISTIC, "account": "acme", "id": f"id-{number}"} for number in range(10)]
    client = fussy(monkeypatch, queues, "id-3", 1)
    assert len(answer(run("jobs submit -", lines)).splitlines()) == 10
    assert client.batches == [10, 1]
    assert len(lying(queues, queues.jobs)) == 10


def test_what_is_not_taken_is_told(run: Run, queues: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [{**STATISTIC, "account": "acme", "id": f"id-{number}"} for number in range(12)]
    fussy(monkeypatch, queues, "id-3", 2)
    result = run("jobs submit -", lines)
    assert result.exit_code == 1
    assert result.stdout.split() == [line["id"] for line in lines if line["id"] != "id-3"]
    assert result.stderr.splitlines() == [
        "id-3 was not taken: Not now.",
        "11 of 12 messages sent. Submit the file again: what was sent is not done twice.",
    ]


def test_a_bar_in_the_window_leaves_the_ids_where_they_go(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_remarks", Console(stderr=True, force_terminal=True))
    result = run("jobs submit -", [{**STATISTIC, "account": "acme", "id": "mine"}])
    assert result.stdout == "mine\n"
    assert "Sending" in result.stderr


@given(
    st.dictionaries(st.text(max_size=5), st.none() | st.booleans() | st.integers() | st.text(max_size=5), max_size=4)
)
def test_a_message_is_a_line_that_lacks_nothing(fields: dict[str, Any]) -> None:
    message = submitting.message_of(json.dumps(fields).encode(), "acme")
    assert submitting.message_of(message.text.encode(), "another") == message
    told = json.loads(message.text)
    assert told == {**fields, "id": told["id"], "account": told["account"]}


def test_what_is_sent_is_what_the_queues_reader_takes() -> None:
    message = submitting.message_of(
        json.dumps({**CONVERSION, "url": f"https://films.example/{'é' * 300}"}).encode(), "a"
    )
    submitting.check(message)
    assert model_of(Submission, message.text.encode()).id == message.id


@given(st.lists(st.integers(0, BYTES_AT_ONCE + 10) | st.integers(0, 20), max_size=40))
def test_a_batch_is_what_the_queue_takes_at_once(sizes: list[int]) -> None:
    made = list(batches(sizes, lambda size: "x" * size))
    assert [size for batch in made for size in batch] == sizes
    for batch in made:
        assert 1 <= len(batch) <= AT_ONCE
        assert sum(batch) <= BYTES_AT_ONCE or len(batch) == 1


def test_a_job_is_shown(run: Run, table: Table) -> None:
    credits.grant(table, "acme", 10)
    job = jobs.job(table, jobs.conversion(jobs.PAGE))
    store.create(table, job)
    rows = dict(line.strip().split(maxsplit=1) for line in answer(run(f"jobs show {job.id}")).splitlines())
    expected = {"JOB": job.id, "status": "queued", "progress": "0%", "kind": "convert mp3", "credits": "2 of acme"}
    assert expected.items() <= rows.items()
    assert rows["subject"] == f"web {jobs.PAGE.address}"
    assert (rows["created"], rows["finished"]) == ("2027-01-15 08:00:00Z", "-")
    store.succeed(table, job, jobs.RESULT)
    assert f"{jobs.RESULT.key} (audio/mpeg, 5 bytes)" in answer(run(f"jobs show {job.id} --account acme"))
    shown = json.loads(answer(run(f"jobs show {job.id} --json")))
    assert shown["result"] == {"key": jobs.RESULT.key, "mediaType": "audio/mpeg", "bytes": 5}
    assert (shown["createdAt"], shown["error"]) == ("2027-01-15T08:00:00.250+00:00", None)


def test_why_a_job_failed_is_shown(run: Run, table: Table) -> None:
    job = jobs.job(table, account="")
    store.create(table, job)
    store.fail(table, job, jobs.DELETED)
    assert "post_deleted: This post was deleted." in answer(run(f"jobs show {job.id}"))
    error = json.loads(answer(run(f"jobs show {job.id} --json")))["error"]
    assert error == {"code": "post_deleted", "message": "This post was deleted."}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("jobs show nonesuch", "There is no job nonesuch."),
        (f"jobs show {'0' * 40}-1", f"There is no job {'0' * 40}-1."),
        ("jobs show mine --account acme", "acme has submitted no mine"),
    ],
)
def test_an_unknown_job_is_one_line(run: Run, line: str, words: str) -> None:
    assert words in complaint(run(line))


def test_what_was_set_aside_is_moved_back(run: Run, queues: Queues) -> None:
    texts = [f"text {number}" for number in range(12)]
    set_aside(queues, *texts)
    result = run("jobs redrive")
    assert (answer(result), result.stderr) == ("12 messages moved.", "12 messages in the dead letter queue.\n")
    assert sorted(lying(queues, queues.jobs)) == sorted(texts)
    assert answer(run("jobs redrive")) == "0 messages moved."


def test_what_the_queue_does_not_take_stays(run: Run, queues: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
    set_aside(queues, "good", "bad")
    fussy(monkeypatch, queues, "bad", 2)
    result = run("jobs redrive")
    assert (result.exit_code, result.stdout) == (1, "1 message moved.\n")
    assert result.stderr.endswith(" stays: Not now.\n")
    assert lying(queues, queues.jobs) == ["good"]
    attributes = queues.client.get_queue_attributes(QueueUrl=queues.dead, AttributeNames=["All"])["Attributes"]
    assert attributes["ApproximateNumberOfMessagesNotVisible"] == "1"


def test_no_more_are_moved_than_lay_there(queues: Queues) -> None:
    set_aside(queues, *map(str, range(14)))
    assert sum(part.count for part in redriving.move(queues, 12)) == 12
    assert redriving.count(queues) == 2


def test_what_was_set_aside_is_shown_and_stays(run: Run, queues: Queues) -> None:
    set_aside(queues, json.dumps({"id": "mine", "kind": "\n"}, indent=1), "\x85[red]:smile:" + "x" * 300)
    for times in ("1", "2"):
        heading, first, second = answer(run("jobs redrive --list")).splitlines()
        assert heading.split() == ["MESSAGE", "RECEIVED", "TEXT"]
        assert first.split(maxsplit=2)[:2] == ["mine", times]
        assert second.split(maxsplit=2)[1:] == [times, "[red]:smile:" + "x" * 187]
    mine, other = json.loads(answer(run("jobs redrive --list --json")))
    assert (mine["id"], mine["received"]) == ("mine", "3")
    assert other["text"].strip() == "[red]:smile:" + "x" * 187
    assert redriving.count(queues) == 2


def test_a_stack_without_queues_is_one_line(queues: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "client", lambda *_, **__: queues.client)
    result = CliRunner().invoke(app, ["jobs", "redrive", "--stack", "nope"])
    assert complaint(result).startswith("There is no queue nope-jobs")
