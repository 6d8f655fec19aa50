"""`/media/{token}`: redirects, and nothing that a cache might keep."""

import pytest

from tests.exchanges import Answer, ask, event
from tokstack.api import media
from tokstack.api.media import MEDIA
from tokstack.errors import Code, TokstackError
from tokstack.media.delivery import Pending, Ready

READY = Ready("https://storage.example.com/file", "video/mp4", 10)

pytestmark = pytest.mark.usefixtures("environment")


class FakeDelivery:
    """Answers every token alike."""

    def __init__(self, outcome: Ready | Pending | TokstackError | None) -> None:
        self._outcome = outcome

    def deliver(self, token: str, hop: int) -> Ready | Pending:
        assert token == "abc"
        if isinstance(self._outcome, TokstackError):
            raise self._outcome
        return self._outcome or Pending(hop + 1)

    def peek(self, token: str) -> Ready | None:
        assert token == "abc"
        return self._outcome if isinstance(self._outcome, Ready) else None


def fetch(
    monkeypatch: pytest.MonkeyPatch,
    outcome: Ready | Pending | TokstackError | None,
    query: str = "",
    method: str = "GET",
) -> Answer:
    monkeypatch.setattr(media, "delivery", lambda: FakeDelivery(outcome))
    return ask(MEDIA, event("/media/abc", query, method=method))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_stored_file_is_where_storage_says(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    answer = fetch(monkeypatch, READY, method=method)
    assert (answer.status, answer.headers["Location"], answer.text) == (302, READY.url, "")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "X-Request-Id" in answer.headers


@pytest.mark.parametrize(("query", "hop"), [("", 1), ("hop=3", 4)])
def test_a_file_that_takes_longer_is_asked_for_again(monkeypatch: pytest.MonkeyPatch, query: str, hop: int) -> None:
    answer = fetch(monkeypatch, None, query)
    assert (answer.status, answer.headers["Location"]) == (302, f"https://api.example.com/media/abc?hop={hop}")


def test_head_of_a_file_that_is_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = fetch(monkeypatch, None, method="HEAD")
    assert (answer.status, answer.text) == (204, "")


@pytest.mark.parametrize("code", [Code.INVALID_MEDIA_TOKEN, Code.EXPIRED_MEDIA_TOKEN])
def test_a_bad_token(monkeypatch: pytest.MonkeyPatch, code: Code) -> None:
    answer = fetch(monkeypatch, TokstackError(code, "No."))
    assert answer.status == 403
    assert answer.body == {"error": "No.", "code": code, "request_id": answer.headers["X-Request-Id"]}


@pytest.mark.parametrize("query", ["hop=x", "hop=-1", "hop=16", "hop="])
def test_a_made_up_hop(monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    answer = fetch(monkeypatch, READY, query)
    assert (answer.status, answer.body["code"]) == (400, "validation_error")
