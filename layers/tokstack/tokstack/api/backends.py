"""What stands behind the routes. It brings heavy libraries along, so each is imported when it is first asked."""

from typing import TYPE_CHECKING

from tokstack.api.routes import Call
from tokstack.config import settings
from tokstack.media.links import Links
from tokstack.media.secret import signing_secret

if TYPE_CHECKING:
    from tokstack.library.library import Library
    from tokstack.providers.extractor.extractor import Extractor
    from tokstack.providers.lists import Lists
    from tokstack.providers.transcripts import Transcripts
    from tokstack.providers.upstream import Upstream


def upstream() -> "Upstream":
    from tokstack.providers.upstream import upstream

    return upstream()


def lists() -> "Lists":
    from tokstack.providers.lists import lists

    return lists()


def transcripts() -> "Transcripts":
    from tokstack.providers.transcripts import transcripts

    return transcripts()


def extractor() -> "Extractor":
    from tokstack.providers.extractor.extractor import extractor

    return extractor()


def library() -> "Library":
    from tokstack.library.library import library

    return library()


def links(call: Call) -> Links:
    return Links(call.request.base_url, signing_secret(), settings().media_link_ttl)
