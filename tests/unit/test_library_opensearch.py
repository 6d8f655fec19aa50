"""The OpenSearch engine against a node that answers what it is told to."""

import json
from collections.abc import Callable, Mapping
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
import urllib3
from urllib3.exceptions import NewConnectionError

from tokstack.errors import Code, TokstackError
from tokstack.library.engines import chosen
from tokstack.library.engines.opensearch import OpenSearchEngine, bulk, client
from tokstack.library.engines.opensearch.bulk import Line, Place
from tokstack.library.engines.protocol import SupersededError
from tokstack.library.query import Query

PLAIN = "http://search.example:9200"
LINES = [Line(item, b'{"index":{"_id":"%d"}}' % item, b"{}") for item in range(3)]

Answer = tuple[int, Any]


class Node:
    """Keeps what it is asked, and answers each with the next that it is given, the last again and again."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, bytes]] = []
        self.headers: list[Mapping[str, str]] = []

    def urlopen(self, method: str, url: str, body: bytes, **how: Any) -> urllib3.HTTPResponse:
        self.asked.append((method, url, body))
        self.headers.append(how["headers"])
        status, said = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        content = said if isinstance(said, bytes) else json.dumps(said).encode()
        return urllib3.HTTPResponse(BytesIO(content), {"content-type": "application/json"}, status)


Answering = Callable[..., Node]


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Answering:
    def answer(*answers: Answer) -> Node:
        node = Node(*answers)
        monkeypatch.setattr(
            urllib3.HTTPConnectionPool, "urlopen", lambda _pool, *said, **how: node.urlopen(*said, **how)
        )
        return node

    return answer


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Those that were made, none of which took any time."""
    made: list[float] = []
    monkeypatch.setattr(bulk, "time", SimpleNamespace(sleep=made.append))
    return made


def written(status: int, number: int = 0, **more: Any) -> Mapping[str, Any]:
    return {"index": {"status": status, "_seq_no": number, "_primary_term": 1, **more}}


def of_all(*items: Mapping[str, Any]) -> Answer:
    return 200, {"errors": True, "items": items}


# ---------------------------------------------------------------- The way there


@pytest.mark.parametrize(
    ("url", "scope"),
    [
        ("https://search-x-abc.us-west-2.es.amazonaws.com", "us-west-2/es/aws4_request"),
        ("https://vpc-x-abc.eu-central-1.es.amazonaws.com:443", "eu-central-1/es/aws4_request"),
        ("https://search-x-abc.cn-north-1.es.amazonaws.com.cn", "cn-north-1/es/aws4_request"),
    ],
)
def test_what_is_asked_of_a_domain_of_aws_is_signed(
    answering: Answering, monkeypatch: pytest.MonkeyPatch, url: str, scope: str
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    node = answering((200, {"count": 3}))
    assert OpenSearchEngine(client(url), "library").count() == 3
    headers = {name.lower(): value for name, value in node.headers[0].items()}
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert scope in headers["authorization"]
    assert headers["x-amz-security-token"] == "token"
    assert len(headers["x-amz-content-sha256"]) == 64


@pytest.mark.parametrize(
    "url",
    [
        PLAIN,
        "http://search-x-abc.us-west-2.es.amazonaws.com",
        "https://search.example",
        "https://es.amazonaws.com.example",
    ],
)
def test_what_is_asked_of_others_is_not(answering: Answering, url: str) -> None:
    node = answering((200, {"count": 3}))
    assert OpenSearchEngine(client(url), "library").count() == 3
    assert "authorization" not in {name.lower() for name in node.headers[0]}


# ---------------------------------------------------------------- A node that fails

BROKEN: list[Answer] = [
    (500, {"error": "x"}),
    (503, {"error": {"type": "search_phase_execution_exception", "root_cause": []}}),
    (429, {"error": "x"}),
    (403, {"error": "x"}),
    (400, {"error": "x"}),
    (200, b"<html>"),
    (200, b"\xff"),
]


@pytest.mark.parametrize("answer", BROKEN, ids=str)
def test_whatever_a_node_fails_with_is_unavailable(answering: Answering, answer: Answer) -> None:
    answering(answer)
    engine = OpenSearchEngine(client(PLAIN), "library")
    reader = engine.reader()
    for ask in (
        lambda: reader.search(Query(terms=("sale",))),
        lambda: reader.search(Query(offset=10**6)),
        lambda: reader.find([1]),
        lambda: next(reader.standings()),
        engine.writing,
        engine.rebuilding,
        engine.outdated,
        engine.count,
        engine.tidy,
    ):
        assert_unavailable(ask)


def test_a_node_that_is_not_there_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(pool: urllib3.HTTPConnectionPool, *_said: Any, **_how: Any) -> None:
        raise NewConnectionError(pool, "refused")  # type: ignore[arg-type]  # a pool names itself as well

    monkeypatch.setattr(urllib3.HTTPConnectionPool, "urlopen", refuse)
    assert_unavailable(lambda: OpenSearchEngine(client(PLAIN), "library").reader().search(Query()))


@pytest.mark.parametrize("lacking", [{"timed_out": True}, {"_shards": {"failed": 1}}])
def test_a_part_of_an_answer_is_none(answering: Answering, lacking: Mapping[str, Any]) -> None:
    whole = {"timed_out": False, "_shards": {"failed": 0}, "hits": {"total": {"value": 0}, "hits": []}}
    reader = OpenSearchEngine(client(PLAIN), "library").reader()
    answering((200, whole))
    assert reader.search(Query()).total == 0
    answering((200, {**whole, **lacking}))
    assert_unavailable(lambda: reader.search(Query()))


def test_an_item_that_cannot_be_looked_up_is_not_missing(answering: Answering) -> None:
    answering((200, {"timed_out": False, "_shards": {"failed": 1}, "hits": {"hits": []}}))
    assert_unavailable(lambda: OpenSearchEngine(client(PLAIN), "library").reader().find([1]))


def assert_unavailable(ask: Callable[[], Any]) -> None:
    with pytest.raises(TokstackError) as caught:
        ask()
    assert caught.value.code is Code.SERVICE_UNAVAILABLE
    assert "example" not in caught.value.message


# ---------------------------------------------------------------- Many at once


def test_what_a_busy_node_did_not_take_is_sent_again(answering: Answering, pauses: list[float]) -> None:
    node = answering(
        of_all(written(200, 5), written(429), written(429)),
        (429, {"error": "too many"}),
        of_all(written(429), written(201, 9)),
        of_all(written(200, 7)),
    )
    places = dict(bulk.write(client(PLAIN), "library-writers", LINES))
    assert places == {0: Place(5, 1), 2: Place(9, 1), 1: Place(7, 1)}
    assert pauses == sorted(pauses)
    assert len(pauses) == 3
    sent = [[line.id for line in LINES if line.action in body] for _, _, body in node.asked]
    assert sent == [[0, 1, 2], [1, 2], [1, 2], [1]]
    assert all("require_alias=true" in url for _, url, _ in node.asked)


def test_a_node_that_is_busy_for_long_is_unavailable(answering: Answering, pauses: list[float]) -> None:
    answering(of_all(*[written(429)] * 3))
    assert_unavailable(lambda: list(bulk.write(client(PLAIN), "library-writers", LINES)))
    assert len(pauses) == 5


@pytest.mark.parametrize("status", [404, 409])
def test_who_is_not_the_first_is_superseded(answering: Answering, status: int) -> None:
    answering(of_all(written(200), written(status, error={"type": "x"}), written(200)))
    with pytest.raises(SupersededError):
        list(bulk.write(client(PLAIN), "library-writers", LINES))


def test_who_writes_where_nothing_is_any_more_is_superseded(answering: Answering) -> None:
    answering((404, {"error": {"type": "index_not_found_exception", "root_cause": [{"reason": "x"}]}}))
    with pytest.raises(SupersededError):
        list(bulk.write(client(PLAIN), "library-writers", LINES))


def test_what_a_node_refuses_is_told_though_it_answers_200(answering: Answering) -> None:
    answering(of_all(written(200), written(400, error={"type": "strict_dynamic_mapping_exception"}), written(200)))
    assert_unavailable(lambda: list(bulk.write(client(PLAIN), "library-writers", LINES)))


def test_requests_are_of_bounded_size(answering: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_BYTES", 2 * len(LINES[0]))
    node = answering(of_all(written(200, 1), written(200, 2)), of_all(written(200, 3)))
    assert len(dict(bulk.write(client(PLAIN), "library-writers", LINES))) == 3
    assert [body.count(b"\n") for _, _, body in node.asked] == [4, 2]


def test_what_is_larger_than_that_goes_alone(answering: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_BYTES", 1)
    node = answering(of_all(written(200)))
    assert len(dict(bulk.write(client(PLAIN), "library-writers", LINES))) == 3
    assert len(node.asked) == 3


# ---------------------------------------------------------------- Which engine


def test_the_url_of_a_domain_chooses_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        chosen, "settings", lambda: SimpleNamespace(opensearch_url=PLAIN, library_table="Stack-library")
    )
    assert isinstance(chosen.engine.__wrapped__(), OpenSearchEngine)
