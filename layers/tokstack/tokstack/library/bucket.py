"""A bucket that the library reads or writes; any fault of AWS is `service_unavailable`."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from tokstack.config import settings
from tokstack.errors import Code, TokstackError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MISSING = frozenset({"404", "NoSuchKey"})
# The object is there already, or is not any more what was found. (Where another is just about to write it, that may
# come to nothing: it is to be tried again.)
_OTHERWISE = frozenset({"PreconditionFailed"})
_DELETED_AT_ONCE = 1000
_PIECE = 256 << 10  # bytes


@dataclass(frozen=True, slots=True)
class Found:
    """An object that is there; `size` in bytes, `modified_at` in epoch seconds."""

    key: str
    etag: str
    size: int
    modified_at: float


class Bucket:
    def __init__(self, client: "S3Client", name: str) -> None:
        self._client = client
        self.name = name

    def find(self, key: str) -> Found | None:
        try:
            answer = self._call("head_object", Key=key)
        except _MissingError:
            return None
        return Found(key, answer["ETag"], answer["ContentLength"], answer["LastModified"].timestamp())

    def read(self, key: str) -> bytes | None:
        """A small object, whole; None where it is not there."""
        try:
            with closing(self._call("get_object", Key=key)["Body"]) as body:
                content: bytes = body.read()
        except _MissingError:
            return None
        except BotoCoreError as error:
            raise _broken_off() from error
        return content

    @contextmanager
    def pieces(self, found: Found, start: int = 0) -> Iterator[Iterator[bytes]]:
        """The bytes of an object from there on, as they come. Raises ChangedError where it is not any more that one."""
        if start >= found.size:
            yield iter(())
            return
        try:
            answer = self._call("get_object", Key=found.key, IfMatch=found.etag, Range=f"bytes={start}-")
        except (_MissingError, _OtherwiseError):
            raise ChangedError from None
        with closing(answer["Body"]) as body:
            yield _pieces(body)

    def create(self, key: str, body: bytes) -> None:
        """What is there already stays."""
        try:
            self._call("put_object", Key=key, Body=body, IfNoneMatch="*")
        except _OtherwiseError:
            return

    def write(self, key: str, body: bytes, media_type: str = "application/octet-stream") -> None:
        """In place of what is there."""
        self._call("put_object", Key=key, Body=body, ContentType=media_type)

    def delete(self, keys: Iterable[str]) -> None:
        """They are gone, or were never there."""
        every = list(keys)
        for start in range(0, len(every), _DELETED_AT_ONCE):
            objects = [{"Key": key} for key in every[start : start + _DELETED_AT_ONCE]]
            if self._call("delete_objects", Delete={"Objects": objects, "Quiet": True}).get("Errors"):
                raise TokstackError(Code.SERVICE_UNAVAILABLE, "Storage did not delete everything.", retry_after=1)

    def keys(self, prefix: str, most: int | None = None) -> Iterator[str]:
        """Those that begin so, in their order; no more than that many."""
        request: dict[str, Any] = {"Prefix": prefix}
        while most is None or most > 0:
            if most is not None:
                request["MaxKeys"] = min(most, 1000)
            answer = self._call("list_objects_v2", **request)
            found = [each["Key"] for each in answer.get("Contents", ())]
            yield from found
            if not answer["IsTruncated"]:
                return
            request["ContinuationToken"] = answer["NextContinuationToken"]
            most = None if most is None else most - len(found)

    def _call(self, operation: str, **request: Any) -> Any:
        try:
            return getattr(self._client, operation)(Bucket=self.name, **request)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _MISSING:
                raise _MissingError from error
            if code in _OTHERWISE:
                raise _OtherwiseError from error
            raise TokstackError(Code.SERVICE_UNAVAILABLE, "Storage refused the request.", retry_after=1) from error
        except BotoCoreError as error:
            raise TokstackError(Code.SERVICE_UNAVAILABLE, "Storage cannot be reached.", retry_after=1) from error


class ChangedError(Exception):
    """The object is gone, or another one by now."""


@cache
def library_bucket() -> Bucket:
    """The one of log and index."""
    return Bucket(_client(), settings().library_bucket)


@cache
def media_bucket() -> Bucket:
    """The one that uploads come to."""
    return Bucket(_client(), settings().media_bucket)


@cache
def _client() -> "S3Client":
    import boto3
    from botocore.config import Config

    config = Config(retries={"total_max_attempts": 4, "mode": "standard"}, connect_timeout=2, read_timeout=20)
    return boto3.client("s3", config=config)


class _MissingError(Exception):
    pass


class _OtherwiseError(Exception):
    pass


def _pieces(body: Any) -> Iterator[bytes]:
    try:
        while piece := body.read(_PIECE):
            yield piece
    except BotoCoreError as error:
        raise _broken_off() from error


def _broken_off() -> TokstackError:
    return TokstackError(Code.SERVICE_UNAVAILABLE, "Storage broke off.", retry_after=1)
