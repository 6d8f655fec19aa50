"""A file of lines, as its bytes come: plain or gzip, which its bytes tell and not its name.

It may be hostile: a line without end is passed over and never held, a file that expands without end is given up. What
is told of a line is its number in the file.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST = 1 << 20  # bytes of a line

_HOPELESS = 1 << 30  # bytes of a line, after which no end of it is looked for
_EXPANDED = 64 << 20  # bytes of a gzip file that are taken, however well it was compressed
_EXPANSION = 100  # times its size that a larger one is taken; JSON lines come to some ten
_PIECE = 64 << 10  # bytes
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")  # of UTF-16 and UTF-32
_EXCERPT = 200  # bytes


@dataclass(frozen=True, slots=True)
class Line:
    """`end` is where the next one begins, in bytes of the text."""

    number: int
    text: bytes
    end: int = 0


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a line was not taken, in one sentence; `excerpt` is how it begins, `end` as with lines."""

    number: int
    reason: str
    excerpt: str = ""
    end: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on: after so many lines, and bytes of the text."""

    lines: int = 0
    offset: int = 0


START = Place()


def is_gzip(beginning: bytes) -> bool:
    return beginning.startswith(_GZIP)


def lines(pieces: Iterable[bytes], start: Place = START) -> Iterator[Line | Rejection]:
    """Those of a text that are not blank; `pieces` begin at `start`. Where it cannot be read on, the last tells why."""
    number, end = start.lines + 1, start.offset
    held = _Held(number, end)
    for piece in _in_utf_8(pieces) if start == START else pieces:
        first, *others = piece.split(b"\n")
        held.add(first)
        if others:
            yield from held.ended()
            number, end = number + 1, held.end + 1
            for part in others[:-1]:  # of which there may be millions that are empty
                end += len(part) + 1
                if part:
                    yield from _ended(number, part, end)
                number += 1
            held = _Held(number, end)
            held.add(others[-1])
        if held.size > _HOPELESS:
            yield held.given_up()
            return
    yield from held.ended(newline=0)


def unzipped_lines(pieces: Iterable[bytes], start: Place = START) -> Iterator[Line | Rejection]:
    """Those of a gzip file after `start`; `pieces` begin at its beginning."""
    gzip = _Gzip()
    yield from (line for line in lines(gzip.text(pieces)) if line.end > start.offset)
    if gzip.fault:
        yield Rejection(gzip.newlines + 1, gzip.fault, end=gzip.size)


def excerpt(text: bytes) -> str:
    return text[:_EXCERPT].decode(errors="replace")


class _Held:
    """A line that has not ended yet; of one that is too long no more than how it begins."""

    def __init__(self, number: int, start: int) -> None:
        self._number, self._start = number, start
        self._text = b""
        self.size = 0

    @property
    def end(self) -> int:
        return self._start + self.size

    def add(self, part: bytes) -> None:
        self.size += len(part)
        self._text += part
        if self.size > LONGEST:
            self._text = self._text[:_EXCERPT]

    def ended(self, newline: int = 1) -> Iterator[Line | Rejection]:
        if self.size > LONGEST:
            yield _too_long(self._number, self._text, self.end + newline)
        else:
            yield from _ended(self._number, self._text, self.end + newline)

    def given_up(self) -> Rejection:
        reason = f"This line has more than {_HOPELESS} bytes: the rest of the file was not read."
        return Rejection(self._number, reason, excerpt(self._text), self.end)


def _ended(number: int, text: bytes, end: int) -> Iterator[Line | Rejection]:
    if len(text) > LONGEST:
        yield _too_long(number, text, end)
    elif text and not text.isspace():
        yield Line(number, text, end)


def _too_long(number: int, text: bytes, end: int) -> Rejection:
    return Rejection(number, f"A line has at most {LONGEST} bytes.", excerpt(text), end)


def _in_utf_8(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same without the mark that a text may begin with. Of one in another encoding no more than its beginning."""
    first = True
    for piece in pieces:
        if first and piece.startswith(_OTHER_BOMS):
            yield piece[:_EXCERPT].replace(b"\n", b" ")
            return
        yield b" " * len(_BOM) + piece.removeprefix(_BOM) if first and piece.startswith(_BOM) else piece
        first = False


class _Gzip:
    """`fault` is set where it ends before its end; `size` is how many bytes of text there were, and `newlines`."""

    def __init__(self) -> None:
        self.fault: str | None = None
        self.size = self.newlines = 0

    def text(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        unzip, read = _new(), 0
        for whole in pieces:
            read += len(whole)
            piece = whole
            while piece:
                if unzip.eof:  # zeros that fill a block may follow, or another file in the same
                    piece = piece.lstrip(b"\0")
                    unzip = _new() if piece else unzip
                    continue
                try:
                    text = unzip.decompress(piece, _PIECE)
                except zlib.error:
                    self.fault = "The file is damaged: it was not read from here on."
                    return
                piece = unzip.unused_data if unzip.eof else unzip.unconsumed_tail
                self.size, self.newlines = self.size + len(text), self.newlines + text.count(b"\n")
                yield text
                if self.size > max(_EXPANDED, read * _EXPANSION):
                    self.fault = f"The file expands more than {_EXPANSION} times: it was not read from here on."
                    return
        if not unzip.eof:
            self.fault = "The file ends before its end: it was not written or sent whole."


def _new() -> "zlib._Decompress":
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # with gzip's header and check
