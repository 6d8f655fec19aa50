"""What a media link is answered with: the file, a little patience, or the true cause."""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO

import pytest
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_s3 import S3Client

from tests import buckets
from tests.tables import Clock
from tokstack.errors import Code, TokstackError
from tokstack.lease import lease
from tokstack.media import failures, tokens
from tokstack.media.delivery import MAX_HOPS, Delivery, Pending, Ready
from tokstack.media.source import Source
from tokstack.media.storage import Storage
from tokstack.table import Table

SECRET = b"secret"
SOURCE = Source("tiktok", "7300000000000000000", "music")


@dataclass
class World:
    """A cloud in which a fetch, once begun, ends after a while as a test says."""

    table: Table
    storage: Storage
    clock: Clock
    begun: list[Source] = field(default_factory=list)
    ends: Callable[[], None] = lambda: None
    takes: float = 3

    def sleep(self, seconds: float) -> None:
        self.clock.now += seconds
        self.takes -= seconds
        if self.begun and self.takes < 0:
            self.ends()

    def store(self) -> None:
        self.storage.put(SOURCE.key, BytesIO(b"sound"), "audio/mpeg")

    def fail(self) -> None:
        failures.note(self.table, SOURCE, TokstackError(Code.POST_DELETED, "This post was deleted."))

    @property
    def delivery(self) -> Delivery:
        return Delivery(lambda: SECRET, self.storage, self.table, self.begun.append, self.sleep)

    @property
    def token(self) -> str:
        return tokens.issue(SOURCE, expires=self.clock.now + 3600, secret=SECRET)

    def refusal(self, token: str, hop: int = 0) -> Code:
        with pytest.raises(TokstackError) as caught:
            self.delivery.deliver(token, hop)
        return caught.value.code


@pytest.fixture(scope="module")
def s3(dynamodb: DynamoDBClient) -> S3Client:
    """In the cloud that `dynamodb` opened."""
    return buckets.client()


@pytest.fixture
def world(table: Table, s3: S3Client, clock: Clock) -> World:
    return World(table, Storage(s3, buckets.emptied(s3)), clock)


def check_ready(answer: Ready | Pending | None) -> None:
    assert isinstance(answer, Ready)
    assert (answer.media_type, answer.size) == ("audio/mpeg", 5)
    assert f"/{SOURCE.key}?" in answer.url
    assert "7300000000000000000-music.mp3" in answer.url


def test_what_is_stored_is_delivered_at_once(world: World) -> None:
    world.store()
    before = world.clock.now
    check_ready(world.delivery.deliver(world.token))
    assert (world.begun, world.clock.now) == ([], before)


def test_the_first_use_begins_a_fetch_and_waits_for_it(world: World) -> None:
    world.ends = world.store
    check_ready(world.delivery.deliver(world.token))
    assert world.begun == [SOURCE]


def test_a_second_asker_waits_without_beginning_another(world: World) -> None:
    world.takes = 100
    with lease(world.table, f"media-start/{SOURCE.path}", 60):
        assert world.delivery.deliver(world.token) == Pending(1)
    assert world.begun == []


def test_what_takes_longer_is_asked_for_again_and_begun_again_lest_it_was_lost(world: World) -> None:
    world.takes, world.ends = 60, world.store
    assert world.delivery.deliver(world.token) == Pending(1)
    assert world.delivery.deliver(world.token, 1) == Pending(2)
    check_ready(world.delivery.deliver(world.token, 2))
    assert world.begun == [SOURCE] * 3


def test_patience_ends(world: World) -> None:
    world.takes = 10_000
    answer, hops = world.delivery.deliver(world.token), 0
    while isinstance(answer, Pending) and answer.hop < MAX_HOPS:
        answer, hops = world.delivery.deliver(world.token, answer.hop), hops + 1
    assert (answer, hops) == (Pending(15), 14)
    assert world.refusal(world.token, MAX_HOPS) is Code.UPSTREAM_TIMEOUT
    assert world.refusal(world.token, 10**9) is Code.UPSTREAM_TIMEOUT


def test_a_wait_ends_before_the_apis_does(world: World) -> None:
    world.takes = 10_000
    before = world.clock.now
    world.delivery.deliver(world.token)
    assert 20 < world.clock.now - before < 27


def test_a_failure_is_told_to_all_who_wait_and_to_who_comes_right_after(world: World) -> None:
    world.ends = world.fail
    assert world.refusal(world.token) is Code.POST_DELETED
    assert world.refusal(world.token) is Code.POST_DELETED
    assert world.begun == [SOURCE]
    world.clock.now += 15
    world.ends = world.store
    check_ready(world.delivery.deliver(world.token))


def test_a_fetch_that_cannot_be_begun_blocks_nobody(world: World) -> None:
    def unable(_: Source) -> None:
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "no")

    broken = Delivery(lambda: SECRET, world.storage, world.table, unable, world.sleep)
    with pytest.raises(TokstackError):
        broken.deliver(world.token)
    world.ends = world.store
    check_ready(world.delivery.deliver(world.token))


def test_head_fetches_nothing(world: World) -> None:
    assert world.delivery.peek(world.token) is None
    world.store()
    check_ready(world.delivery.peek(world.token))
    assert world.begun == []


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("", Code.INVALID_MEDIA_TOKEN),
        ("nonsense", Code.INVALID_MEDIA_TOKEN),
        (tokens.issue(SOURCE, expires=2**31, secret=b"another"), Code.INVALID_MEDIA_TOKEN),
        (tokens.issue(SOURCE, expires=1_700_000_000, secret=SECRET), Code.EXPIRED_MEDIA_TOKEN),
    ],
)
def test_a_bad_token_opens_nothing(world: World, token: str, code: Code) -> None:
    world.store()
    assert world.refusal(token) is code
    with pytest.raises(TokstackError) as caught:
        world.delivery.peek(token)
    assert caught.value.code is code
