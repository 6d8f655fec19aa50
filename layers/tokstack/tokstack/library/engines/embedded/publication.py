"""What is published in the bucket; any fault of AWS is `service_unavailable`.

The manifest is the one object that is ever written over, and only by who knows what stands there. All that it names
is immutable. Files have names of their own in the bucket, because two writers that began from the same publication
can give a file of tantivy's the same name.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from tokstack.errors import Code, TokstackError
from tokstack.library.engines.form import FORM, made_anew
from tokstack.library.engines.protocol import SupersededError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEY = "index/manifest.json"
FILES = "index/files/"
RETIRED = "index/retired/"

_AT_ONCE = 4
_DELETED_AT_ONCE = 1000
_MISSING = frozenset({"404", "NoSuchKey"})
_UNCHANGED = frozenset({"304", "NotModified"})
# Another writer has swapped the manifest (412) or is just about to (409).
_TAKEN = frozenset({"412", "PreconditionFailed", "ConditionalRequestConflict"})


@dataclass(frozen=True, slots=True)
class Manifest:
    """One publication.

    `form`          FORM, or nothing where it is another: then no more is known than what is to be replaced
    `number`        how many there have been
    `published`     in milliseconds since 1970
    `segments`      tantivy's own list of its segments
    `texts`         tantivy's files: as it calls them, and as they are called in the bucket
    `blocks`        files of columns, the oldest first; of an id that is in several the newest is meant
    `sizes`         of all these files, in bytes
    """

    form: str = FORM
    number: int = 0
    items: int = 0
    published: int = 0
    segments: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    blocks: tuple[str, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)

    @property
    def outdated(self) -> bool:
        return self.form != FORM

    def encode(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def decode(cls, content: bytes) -> "Manifest":
        """Whatever it is: what is not one of this form is one of another."""
        given = _names(content)
        if given.get("form") == FORM:
            with suppress(KeyError, TypeError):
                return cls(**{**given, "blocks": tuple(given["blocks"])})
        number, sizes = given.get("number"), given.get("sizes")
        return cls(
            form="",
            number=number if isinstance(number, int) else 0,
            sizes=sizes if isinstance(sizes, dict) else {},
        )


@dataclass(frozen=True, slots=True)
class Published:
    """A manifest as it stands in the bucket; without an `etag` none stands there."""

    manifest: Manifest = Manifest()
    etag: str = ""


class Publications:
    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self.bucket = bucket

    def latest(self, known: Published | None = None) -> Published:
        """What is published now; `known` itself where it is that still."""
        unless: dict[str, Any] = {"IfNoneMatch": known.etag} if known and known.etag else {}
        with failures():
            try:
                answer = self._client.get_object(Bucket=self.bucket, Key=KEY, **unless)
                return Published(Manifest.decode(answer["Body"].read()), answer["ETag"])
            except ClientError as error:
                if known and _code(error) in _UNCHANGED:
                    return known
                if _code(error) in _MISSING:
                    return Published()
                raise

    def readable(self, known: Published | None = None) -> Published:
        """The latest. Raises SERVICE_UNAVAILABLE where it is outdated."""
        published = self.latest(known)
        if published.manifest.outdated:
            raise made_anew()
        return published

    def swap(self, base: Published, manifest: Manifest) -> Published:
        """Raises SupersededError where `base` is not what is published any more."""
        only: dict[str, Any] = {"IfMatch": base.etag} if base.etag else {"IfNoneMatch": "*"}
        with failures():
            try:
                answer = self._client.put_object(
                    Bucket=self.bucket, Key=KEY, Body=manifest.encode(), ContentType="application/json", **only
                )
            except ClientError as error:
                if _code(error) in _TAKEN or (base.etag and _code(error) in _MISSING):
                    raise SupersededError from error
                raise
            return Published(manifest, answer["ETag"])

    def push(self, files: Mapping[str, Path]) -> None:
        """Files by their names in the bucket, some at once."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for _ in pool.map(self._push, files, files.values()):
                pass

    def pull(self, files: Mapping[str, Path], sizes: Mapping[str, int]) -> None:
        """To where they are to lie: each is there whole, or not at all."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for _ in pool.map(lambda name: self._pull(name, files[name], sizes[name]), files):
                pass

    def retire(self, number: int, names: Iterable[str]) -> None:
        """Notes what a publication makes obsolete."""
        key = f"{RETIRED}{number:08}-{uuid4().hex}.json"
        with failures():
            self._client.put_object(Bucket=self.bucket, Key=key, Body=json.dumps(sorted(names)).encode())

    def retired(self, key: str) -> list[str]:
        with failures():
            found: list[str] = json.loads(self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read())
            return found

    def listed(self, prefix: str) -> dict[str, float]:
        """Keys, and when they were written in epoch seconds."""
        with failures():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
            return {
                each["Key"]: each["LastModified"].timestamp() for page in pages for each in page.get("Contents", ())
            }

    def delete(self, keys: Iterable[str]) -> None:
        every = list(keys)
        for start in range(0, len(every), _DELETED_AT_ONCE):
            some = every[start : start + _DELETED_AT_ONCE]
            with failures():
                self._client.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": [{"Key": key} for key in some], "Quiet": True}
                )

    def _push(self, name: str, path: Path) -> None:
        with failures():
            self._client.upload_file(str(path), self.bucket, FILES + name)

    def _pull(self, name: str, path: Path, size: int) -> None:
        with failures():
            self._client.download_file(self.bucket, FILES + name, str(part(path)))
            if part(path).stat().st_size != size:
                raise TokstackError(Code.SERVICE_UNAVAILABLE, "A file of the library is not whole.", retry_after=1)
            part(path).rename(path)


def part(path: Path) -> Path:
    """Where a file lies until it is there as a whole."""
    return path.with_name(f"{path.name}.part")


@contextmanager
def failures() -> Iterator[None]:
    """Faults of AWS and of the disk are `service_unavailable`."""
    from boto3.exceptions import Boto3Error

    try:
        yield
    except ClientError as error:
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "Storage refused the request.", retry_after=1) from error
    except (BotoCoreError, Boto3Error) as error:
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "Storage cannot be reached.", retry_after=1) from error
    except OSError as error:
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "The library cannot be kept here.", retry_after=1) from error


def _names(content: bytes) -> dict[str, Any]:
    with suppress(ValueError):
        if isinstance(given := json.loads(content), dict):
            return given
    return {}


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
