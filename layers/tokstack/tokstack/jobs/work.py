"""What a job is about. The same work has the same digest, so it is done once, whoever asks for it."""

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any, Self

from tokstack.media import source
from tokstack.media.formats import Format, Options
from tokstack.media.source import Source

_DIGEST = 40  # hexadecimal digits; an execution's name has at most 80 characters


class Kind(StrEnum):
    CONVERT = "convert"
    DOWNLOAD = "download"
    STATISTIC = "statistic"


class Site(StrEnum):
    TIKTOK = source.TIKTOK
    WEB = source.WEB
    UPLOAD = "upload"


@dataclass(frozen=True, slots=True)
class Subject:
    """A post (`id`), a page of another site (`id` stands for `address`, see media/pages.py), or an uploaded object.

    An upload's `address` is its key, its `id` stands for key and content.
    """

    site: Site
    id: str
    address: str = ""

    def file(self, name: str) -> Source:
        """One of its files, as storage and links name it. An upload has none: it is its own."""
        return Source(self.site, self.id, name)


@dataclass(frozen=True, slots=True)
class Work:
    """`format` is a conversion's; `once` keeps apart what is to be done anew each time that it is submitted."""

    kind: Kind
    subject: Subject
    format: Format | None = None
    options: Options = field(default_factory=Options)
    once: str = ""

    @property
    def digest(self) -> str:
        about = [self.kind, self.subject.site, self.subject.id, self.format, self.options.canonical, self.once]
        return sha256(json.dumps(about).encode()).hexdigest()[:_DIGEST]

    @property
    def result_key(self) -> str:
        """Where storage keeps what comes of it."""
        return f"result/{self.digest}.{self.format or 'json'}"

    def as_item(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def of(cls, item: dict[str, Any]) -> Self:
        subject = item["subject"]
        return cls(
            Kind(item["kind"]),
            Subject(Site(subject["site"]), subject["id"], subject["address"]),
            Format(item["format"]) if "format" in item else None,
            Options(**item["options"]),
            item["once"],
        )
