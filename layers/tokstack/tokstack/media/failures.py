"""Why a file could not be had, kept for a moment, so that whoever waits for it hears the true cause.

Also a breath for the upstream: until the note fades, nobody asks for that file again.
"""

from tokstack.errors import Code, TokstackError
from tokstack.media.source import Source
from tokstack.table import Key, Put, Table

_KEPT = 15  # seconds


def note(table: Table, source: Source, error: TokstackError) -> None:
    key = _key(source)
    item = {"pk": key.pk, "sk": key.sk, "code": error.code, "message": error.message}
    table.put(Put({**item, "retry_after": error.retry_after, "expires_at": table.now() + _KEPT}))


def check(table: Table, source: Source) -> None:
    """Raises what was noted of late about `source`, if anything was."""
    item = table.get(_key(source))
    if item:
        raise TokstackError(Code(item["code"]), item["message"], retry_after=item["retry_after"])


def _key(source: Source) -> Key:
    return Key(f"MEDIA#{source.path}", "FAILURE")
