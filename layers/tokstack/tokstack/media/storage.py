"""The media bucket. Media are written once and never changed; any fault of AWS is `service_unavailable`."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from tokstack.config import settings
from tokstack.errors import Code, TokstackError

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

LINK_SECONDS = 900
PART_BYTES = 5 << 20  # S3's least, for some are held in memory; it takes 10,000 of them

_PARTS_AT_ONCE = 2
_MISSING = frozenset({"404", "NoSuchKey"})
# Another writer has stored the object (412) or is just about to (409).
_TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})


class Readable(Protocol):
    def read(self, size: int, /) -> bytes:
        """`size` bytes, fewer only at the end."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An object that is there; `size` in bytes, `etag` where it was looked up."""

    key: str
    media_type: str
    size: int
    etag: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """An object that somebody else put there; `size` in bytes, `modified_at` in epoch seconds."""

    key: str
    etag: str
    size: int
    modified_at: float
    metadata: Mapping[str, str]


class Stream:
    """An object's bytes as they come; a connection that breaks is `service_unavailable`."""

    def __init__(self, body: "StreamingBody") -> None:
        self._body = body

    def read(self, size: int | None = None, /) -> bytes:
        try:
            return self._body.read(size)
        except BotoCoreError as error:
            raise TokstackError(Code.SERVICE_UNAVAILABLE, "Storage broke off.", retry_after=1) from error


class Storage:
    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def find(self, key: str) -> Stored | None:
        try:
            answer = self._call("head_object", key)
        except _MissingError:
            return None
        return Stored(key, answer["ContentType"], answer["ContentLength"], answer["ETag"])

    def uploaded(self, key: str) -> Uploaded | None:
        try:
            answer = self._call("head_object", key)
        except _MissingError:
            return None
        modified_at = answer["LastModified"].timestamp()
        return Uploaded(key, answer["ETag"], answer["ContentLength"], modified_at, answer["Metadata"])

    def link(self, key: str, *, method: Literal["GET", "HEAD"] = "GET", disposition: str) -> str:
        """A URL that answers `method` for LINK_SECONDS, with that Content-Disposition (filenames.py)."""
        return self._client.generate_presigned_url(
            {"GET": "get_object", "HEAD": "head_object"}[method],
            {
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentDisposition": disposition,
            },
            ExpiresIn=LINK_SECONDS,
        )

    @property
    def bucket(self) -> str:
        """Its name."""
        return self._bucket

    def write(self, key: str, body: bytes, media_type: str) -> None:
        """A small object, in place of what is there."""
        self._call("put_object", key, Body=body, ContentType=media_type)

    def delete(self, key: str) -> None:
        """It is gone, or was never there."""
        self._call("delete_object", key)

    def read(self, key: str) -> bytes:
        """A small object, whole. Raises what `open` does."""
        with self.open(key) as stored:
            return stored.read()

    @contextmanager
    def open(self, key: str) -> Iterator["Stream"]:
        """An object from its beginning. Raises UPSTREAM_EMPTY where it is gone."""
        try:
            body = self._call("get_object", key)["Body"]
        except _MissingError:
            raise gone() from None
        with closing(body):
            yield Stream(body)

    def put(self, key: str, body: Readable, media_type: str) -> None:
        """Stores all that `body` reads; what is there already stays. If `body` raises, nothing is stored."""
        first = body.read(PART_BYTES)
        with suppress(_TakenError):
            if len(first) < PART_BYTES:
                self._call("put_object", key, Body=first, ContentType=media_type, IfNoneMatch="*")
            else:
                self._put_parts(key, enumerate(_parts(first, body), 1), media_type)

    def put_parts(self, key: str, parts: Iterable[tuple[int, bytes]], media_type: str) -> None:
        """Like `put`, of parts in any order; each has its number, and PART_BYTES unless it is the last."""
        with suppress(_TakenError):
            self._put_parts(key, parts, media_type)

    def copy(self, source: Stored, key: str, media_type: str) -> None:
        """An object of at most 5 GiB as another, within storage; what is there already stays.

        Raises UPSTREAM_EMPTY where the object is not any more what was found. The condition on the new one is for
        servers that know it: what is written over it elsewhere is the same once more.
        """
        try:
            self._call(
                "copy_object",
                key,
                CopySource={"Bucket": self._bucket, "Key": source.key},
                CopySourceIfMatch=source.etag,
                IfNoneMatch="*",
                ContentType=media_type,
                MetadataDirective="REPLACE",
                TaggingDirective="REPLACE",
            )
        except _MissingError:
            raise gone() from None
        except _TakenError:
            if self.find(key) is None:
                raise gone() from None

    def _put_parts(self, key: str, parts: Iterable[tuple[int, bytes]], media_type: str) -> None:
        # boto3 gives each part a CRC32 by itself. S3 takes it only where it was announced at the beginning,
        # and then wants to hear it again at the end.
        begun = self._call("create_multipart_upload", key, ContentType=media_type, ChecksumAlgorithm="CRC32")
        upload = begun["UploadId"]
        try:
            done = self._put_each(key, upload, parts)
            self._call(
                "complete_multipart_upload", key, UploadId=upload, MultipartUpload={"Parts": done}, IfNoneMatch="*"
            )
        except BaseException:
            with suppress(TokstackError, _MissingError):  # the bucket's lifecycle ends it tomorrow
                self._call("abort_multipart_upload", key, UploadId=upload)
            raise

    def _put_each(self, key: str, upload: str, parts: Iterable[tuple[int, bytes]]) -> list["CompletedPartTypeDef"]:
        """A few at once, while the next is read. When this ends, however it ends, none is under way any more."""
        from concurrent.futures import Future, ThreadPoolExecutor

        done: list[CompletedPartTypeDef] = []
        going: deque[Future[CompletedPartTypeDef]] = deque()
        with ThreadPoolExecutor(_PARTS_AT_ONCE) as pool:
            for number, part in parts:
                if len(going) == _PARTS_AT_ONCE:
                    done.append(going.popleft().result())
                going.append(pool.submit(self._put_part, key, upload, number, part))
            done += [each.result() for each in going]
        return sorted(done, key=lambda part: part["PartNumber"])

    def _put_part(self, key: str, upload: str, number: int, part: bytes) -> "CompletedPartTypeDef":
        answer = self._call("upload_part", key, UploadId=upload, PartNumber=number, Body=part)
        return {"PartNumber": number, "ETag": answer["ETag"], "ChecksumCRC32": answer["ChecksumCRC32"]}

    def _call(self, operation: str, key: str, **request: Any) -> Any:
        try:
            return getattr(self._client, operation)(Bucket=self._bucket, Key=key, **request)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _MISSING:
                raise _MissingError from error
            if code in _TAKEN:
                raise _TakenError from error
            raise TokstackError(Code.SERVICE_UNAVAILABLE, "Storage refused the request.", retry_after=1) from error
        except BotoCoreError as error:
            raise TokstackError(Code.SERVICE_UNAVAILABLE, "Storage cannot be reached.", retry_after=1) from error


@cache
def storage() -> Storage:
    """This function's media bucket."""
    import boto3
    from botocore.config import Config

    config = Config(
        signature_version="s3v4",  # boto3 signs links by an older one in some regions
        s3={"addressing_style": "virtual"},  # by its region's name: a signed link survives no redirect to it
        retries={"total_max_attempts": 4, "mode": "standard"},
        connect_timeout=2,
        read_timeout=20,
    )
    return Storage(boto3.client("s3", config=config), settings().media_bucket)


def gone() -> TokstackError:
    return TokstackError(Code.UPSTREAM_EMPTY, "The file is not in storage any more.")


class _MissingError(Exception):
    pass


class _TakenError(Exception):
    pass


def _parts(first: bytes, body: Readable) -> Iterator[bytes]:
    yield first
    while part := body.read(PART_BYTES):
        yield part
