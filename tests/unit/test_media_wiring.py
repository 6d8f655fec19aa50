"""What the functions build from their settings, and the fetching function itself."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities import parameters
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from tests import functions
from tests.exchanges import ENVIRONMENT
from tokstack.errors import Code, TokstackError
from tokstack.media import delivery, fetch, secret, storage
from tokstack.media.page_files import PageFiles
from tokstack.media.post_files import PostFiles
from tokstack.media.source import TIKTOK, WEB, Source
from tokstack.media.storage import Stored
from tokstack.outbound import RefusedError
from tokstack.providers.extractor.extractor import extractor
from tokstack.providers.upstream import upstream
from tokstack.table import table

EVENT = functions.sample("media_download")
SOURCE = Source("tiktok", EVENT["post_id"], "video")


class FakeFetcher:
    def __init__(self, outcome: Stored | Exception | None) -> None:
        self.outcome = outcome
        self.asked: list[Source] = []

    def fetch(self, source: Source) -> Stored | None:
        self.asked.append(source)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.fixture(autouse=True)
def cloud(environment: pytest.MonkeyPatch) -> Iterator[None]:
    environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
    made = (
        storage.storage,
        fetch.fetcher,
        fetch._files,
        delivery.delivery,
        delivery._client,
        table,
        extractor,
        upstream,
    )
    with mock_aws():
        yield
    parameters.clear_caches()  # type: ignore[no-untyped-call]
    for each in made:
        each.cache_clear()


def run(outcome: Stored | Exception | None, monkeypatch: pytest.MonkeyPatch) -> FakeFetcher:
    fake = FakeFetcher(outcome)
    monkeypatch.setattr(fetch, "fetcher", lambda: fake)
    functions.run("media_download")
    return fake


@pytest.mark.parametrize(
    ("outcome", "counted"),
    [
        (Stored(SOURCE.key, "video/mp4", 5), {"MediaAsked", "MediaStored", "MediaBytes"}),
        (None, {"MediaAsked"}),
        (TokstackError(Code.POST_DELETED, "This post was deleted."), {"MediaAsked", "MediaRefused"}),
    ],
)
def test_the_function_fetches_what_its_event_names_and_counts_the_outcome(
    outcome: Stored | Exception | None,
    counted: set[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(outcome, monkeypatch).asked == [SOURCE]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {name for line in lines for name in line if name.startswith("Media")} == counted


def test_the_function_fails_where_the_fault_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        run(ZeroDivisionError(), monkeypatch)


def test_the_secret_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = boto3.client("secretsmanager").create_secret(Name="tokstack-signing", SecretString="0123")
    monkeypatch.setenv("SIGNING_SECRET_ARN", made["ARN"])
    assert secret.signing_secret() == b"0123"
    boto3.client("secretsmanager").delete_secret(SecretId=made["ARN"], ForceDeleteWithoutRecovery=True)
    assert secret.signing_secret() == b"0123"


def test_a_secret_that_cannot_be_had_is_our_fault() -> None:
    with pytest.raises(TokstackError) as caught:
        secret.signing_secret()
    assert caught.value.code is Code.SERVICE_UNAVAILABLE


def test_a_fetch_is_begun_without_waiting_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(delivery, "_client", lambda: SimpleNamespace(invoke=lambda **call: calls.append(call)))
    delivery._start(SOURCE)
    (call,) = calls
    assert json.loads(call.pop("Payload")) == EVENT
    assert call == {"FunctionName": ENVIRONMENT["MEDIA_DOWNLOAD_FUNCTION"], "InvocationType": "Event"}


def test_a_fetch_that_cannot_be_begun_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://lambda.example")

    monkeypatch.setattr(delivery, "_client", lambda: SimpleNamespace(invoke=unreachable))
    with pytest.raises(TokstackError) as caught:
        delivery._start(SOURCE)
    assert caught.value.code is Code.SERVICE_UNAVAILABLE


def test_links_are_signed_as_every_region_demands() -> None:
    link = storage.storage().link(SOURCE.key, disposition="inline")
    assert link.startswith(f"https://{ENVIRONMENT['MEDIA_BUCKET']}.s3.amazonaws.com/{SOURCE.key}?")
    assert "X-Amz-Signature=" in link
    assert "X-Amz-Expires=900" in link


def test_the_fetcher_keeps_to_its_settings() -> None:
    files = fetch.fetcher().files()
    posts, page_files = files[TIKTOK], files[WEB]
    assert isinstance(posts, PostFiles)
    assert isinstance(page_files, PageFiles)
    assert posts.max_bytes == page_files.max_bytes == int(ENVIRONMENT["MEDIA_MAX_BYTES"])
    with posts.open_client() as client, pytest.raises(RefusedError):
        client.get("http://127.0.0.1/")


def test_delivery_and_fetch_share_one_storage() -> None:
    assert delivery.delivery().storage is fetch.fetcher().storage


def test_a_link_leads_straight_to_the_region(environment: pytest.MonkeyPatch) -> None:
    """The global name redirects to the region's while a bucket is new, and the signature holds for one name only."""
    environment.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    link = storage.storage().link("source/tiktok/1/video", disposition="inline")
    assert link.startswith(
        f"https://{ENVIRONMENT['MEDIA_BUCKET']}.s3.eu-central-1.amazonaws.com/source/tiktok/1/video?"
    )
