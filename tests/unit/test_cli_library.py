"""`tokstack library`, on buckets, a table and a queue in this process."""

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
import typer
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_sqs import SQSClient
from typer.testing import CliRunner, Result

from cli import library as commands
from cli import loading
from cli import stack as stacks
from cli.main import app
from cli.stack import Library
from tests.command_line import answer, complaint
from tests.library_items import FIRST, Stack, always, item, line, stack
from tests.tables import Clock
from tokstack.library.bucket import Bucket
from tokstack.library.item import Shop
from tokstack.library.queues import Queue
from tokstack.library.shops import Shops, id_of
from tokstack.library.state import Rebuild, State
from tokstack.library.uploads import PREFIX, Uploads

Run = Callable[..., Result]


@pytest.fixture
def place(dynamodb: DynamoDBClient, clock: Clock) -> Stack:
    return stack(dynamodb, clock)


@pytest.fixture
def sqs(dynamodb: DynamoDBClient) -> SQSClient:
    return boto3.client("sqs", region_name="us-east-1", aws_access_key_id="local", aws_secret_access_key="local")


@pytest.fixture
def url(sqs: SQSClient) -> str:
    return sqs.create_queue(QueueName=f"index-{uuid4().hex}")["QueueUrl"]


class Taking(Bucket):
    """Takes what is uploaded to it as soon as it is there."""

    def __init__(self, place: Stack) -> None:
        super().__init__(place.bucket._client, place.bucket.name)
        self.place = place

    def write(self, key: str, body: bytes, media_type: str = "") -> None:
        super().write(key, body, media_type or "text/plain")
        if key.startswith(PREFIX) and not key.endswith((".json", ".rejected.jsonl")):
            Uploads(self.place.bucket, self.place.ingest, print).take(key, always(900))


@pytest.fixture
def run(place: Stack, sqs: SQSClient, url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    library = Library(place.table, Taking(place), place.bucket, Queue(sqs, url))
    monkeypatch.setattr(stacks, "_whole_library", lambda _: library)
    monkeypatch.setattr(stacks, "_library", lambda _: place.table)
    monkeypatch.setattr(commands, "_PAUSE", 0.01)

    def invoke(*words: str, text: bytes = b"") -> Result:
        return CliRunner().invoke(app, ["library", *words], input=text)

    return invoke


def logged(place: Stack) -> list[int]:
    batches = [place.log.read(name).items for name in place.log.names()]
    return sorted(int(each.tiktok_id) - FIRST for batch in batches for each in batch)


@pytest.mark.parametrize("zipped", [False, True])
def test_files_are_taken(run: Run, place: Stack, tmp_path: Path, *, zipped: bool) -> None:
    names = []
    for number in range(2):
        text = line(number * 2) + b"\n\n" + line(number * 2 + 1)
        (path := tmp_path / f"ads {number}.jsonl").write_bytes(gzip.compress(text) if zipped else text)
        names.append(str(path))
    assert answer(run("load", *names)) == "4 taken, 0 rejected, of 4 lines."
    assert logged(place) == [0, 1, 2, 3]


def test_a_large_file_is_cut_and_its_lines_keep_their_numbers(
    run: Run, place: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "AT_ONCE", 2)
    monkeypatch.setattr("tokstack.library.lines.LONGEST", 200)
    text = b"\n".join([line(0), b"", b"no", line(1), b"x" * 300, line(2), line(3), b"{}", line(4)])
    result = run("load", "-", text=text)
    assert result.exit_code == 1
    assert result.stdout.strip() == "5 taken, 3 rejected, of 8 lines."
    assert [each.partition(":")[0].rpartition(" ")[2] for each in result.stderr.splitlines()] == ["3", "5", "8"]
    assert logged(place) == [0, 1, 2, 3, 4]


def test_only_the_first_bad_lines_are_told(run: Run) -> None:
    result = run("load", "-", text=b"no\n" * 30)
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 20)
    assert result.stdout.strip() == "0 taken, 30 rejected, of 30 lines."


def test_the_same_file_may_be_loaded_again(run: Run, place: Stack) -> None:
    for _ in range(2):
        answer(run("load", "-", text=line(0, updatedAt="2026-11-20T08:00:00Z")))
    place.turn()
    assert len(place.shown()) == 1
    assert len([key for key in place.bucket.keys(PREFIX) if key.endswith(".result.json")]) == 1


def test_an_upload_of_which_nobody_says_anything_is_waited_for_and_then_told(
    run: Run, place: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_PATIENCE", 10.0)
    waits: list[float] = []
    piece = next(loading.pieces(io.BytesIO(line(0))))
    with pytest.raises(loading.NotTakenError):
        loading.outcome(place.bucket, "uploads/library/nothing", piece, waits.append)
    assert sum(waits) == 10
    monkeypatch.setattr(Taking, "write", Bucket.write)
    monkeypatch.setattr(loading, "_PATIENCE", 0.0)
    assert "Nobody says what came of a piece" in complaint(run("load", "-", text=line(0)))


def test_the_status_tells_what_is_found_and_what_is_on_its_way(run: Run, place: Stack) -> None:
    assert [each.split()[-1] for each in answer(run("status")).splitlines()[1:]] == ["0", "-", "0", "-"]
    place.take(item(0), item(1))
    place.turn()
    place.take(item(2))
    said = answer(run("status"))
    assert [each.split()[-1] for each in said.splitlines()[1:]] == ["2", "08:00:00Z", "1", "-"]
    State(place.table).rebuilt(Rebuild(3, 9))
    assert "3 of 9 batches" in answer(run("status"))
    State(place.table).rebuilt(Rebuild(ended=True, failure="No time."))
    assert "failed: No time." in answer(run("status"))
    shown = json.loads(answer(run("status", "--json")))
    assert (shown["items"], shown["pending"], shown["publishedAt"][11:]) == (2, 1, "08:00:00.250+00:00")
    assert (shown["rebuild"]["ended"], shown["rebuild"]["failure"]) == (True, "No time.")


@pytest.mark.parametrize("failure", [None, "There was no time."])
def test_a_rebuilding_is_asked_for_and_followed(
    run: Run, place: Stack, sqs: SQSClient, url: str, monkeypatch: pytest.MonkeyPatch, failure: str | None
) -> None:
    state = State(place.table)
    state.rebuilt(Rebuild(1, 1, ended=True))
    steps = [Rebuild(0, 2), Rebuild(1, 2), Rebuild(2, 2, ended=True, failure=failure)]

    def sleep(_: float) -> None:
        place.clock.now += 1
        state.rebuilt(steps.pop(0))

    monkeypatch.setattr("cli.library.time.sleep", sleep)
    result = run("rebuild")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"]) == {"rebuild": True}
    if failure:
        assert complaint(result) == failure
    else:
        assert answer(result) == "2 batches are in the new index."


def test_a_rebuilding_that_nobody_begins_is_told_of(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_PATIENCE", 0.02)
    assert "Nobody says how it went on" in complaint(run("rebuild"))


def test_facts_of_shops_are_kept_by_their_domains(run: Run, place: Stack) -> None:
    shops: list[Any] = [
        {"domain": "https://www.Glow.com/", "name": "Glow", "monthlyVisits": 5, "trafficGrowth30d": -1.5},
        {"id": "s2", "domain": "dew.com"},
        {"name": "nowhere"},
        {"domain": "glow.com", "productsCount": -1},
    ]
    result = run("shops", "load", "-", text=b"\n".join([*(json.dumps(shop).encode() for shop in shops), b"no"]))
    assert result.exit_code == 1
    assert result.stdout.strip() == "2 taken, 3 rejected."
    assert [each[:7] for each in result.stderr.splitlines()] == ["Line 3:", "Line 4:", "Line 5:"]
    kept = Shops(place.table)
    glow = Shop(id=id_of("glow.com"), domain="glow.com", name="Glow", monthly_visits=5, traffic_growth30d=-1.5)
    assert kept.get(["glow.com", "dew.com", "none.com"]) == {
        "glow.com": glow,
        "dew.com": Shop(id="s2", domain="dew.com"),
    }
    assert (kept.named("s2"), kept.named(id_of("glow.com"))) == (Shop(id="s2", domain="dew.com"), glow)
    assert kept.named("s3") is None
    answer(run("shops", "load", "-", text=b'{"domain": "glow.com", "name": "Glow 2"}'))
    assert kept.get(["glow.com"])["glow.com"] == Shop(id=id_of("glow.com"), domain="glow.com", name="Glow 2")


def test_the_buckets_of_a_stack_are_named_by_its_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = {"MediaBucket": "acme-media", "LibraryBucket": "acme-library"}
    monkeypatch.setattr(stacks, "_outputs", lambda _: outputs)
    assert stacks._buckets("acme") == ("acme-media", "acme-library")
    assert stacks._buckets(None) == (
        "tokstack-media-123456789012-us-east-1",
        "tokstack-library-123456789012-us-east-1",
    )
    del outputs["LibraryBucket"]
    with pytest.raises(typer.Exit):
        stacks._buckets("acme")
