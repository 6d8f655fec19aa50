"""What a file holds, read from what `ffmpeg -i` says of it. Pure: running it is another's."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

_DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d\.\d+)", re.MULTILINE)
_STREAM = re.compile(r"^  Stream #0:(\d+)(?:\[0x[0-9a-f]+\])?(?:\([^)]*\))?: (Video|Audio): (\w+)(.*)")
_TAG = re.compile(r"^(?: \([^)]*\))*? \((\w{4}) / 0x")
_NAME = re.compile(r"^    (\S+) *: ", re.MULTILINE)
_PIXELS = re.compile(r"^(?: \([^)]*\))*, (\w+)")
_SIZE = re.compile(r", (\d+)x(\d+)(?=[ ,]|$)")
_RATE = re.compile(r", ([\d.]+) fps")
_SOUND = re.compile(r", (\d+) Hz, ([^,]+)")
_ROTATION = re.compile(r"^ +displaymatrix: rotation of (-?[\d.]+) degrees")
_GUESS = "Estimating duration from bitrate"
_CHANNELS = {"mono": 1, "stereo": 2}
_SURROUND = 6  # whatever is neither


class Kind(StrEnum):
    VIDEO = "Video"
    SOUND = "Audio"


@dataclass(frozen=True, slots=True)
class Stream:
    """`seconds` is None where the file does not tell its length from the other streams'."""

    index: int
    kind: Kind
    codec: str
    seconds: float | None = None
    pixels: str = ""
    width: int = 0
    height: int = 0
    fps: float | None = None
    turned: bool = False  # shown on its side
    rate: int = 0
    channels: int = 0
    tag: str = ""  # its codec's name in an ISO media file


@dataclass(frozen=True, slots=True)
class Probe:
    """`seconds` is the longest stream's; None where the file does not say, or ffmpeg only guesses.

    `names` are of what the file tells of itself: its title, where it was taken.
    """

    seconds: float | None
    streams: tuple[Stream, ...]
    names: frozenset[str] = frozenset()

    @property
    def video(self) -> Stream | None:
        return self.first(Kind.VIDEO)

    @property
    def sound(self) -> Stream | None:
        return self.first(Kind.SOUND)

    def first(self, kind: Kind) -> Stream | None:
        return next((stream for stream in self.streams if stream.kind is kind), None)


def parse(said: str) -> Probe:
    """Covers of sounds are no video; a stream that ffmpeg cannot make out is none."""
    found = _DURATION.search(said)
    seconds = None
    if found and _GUESS not in said:
        seconds = int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3])
    streams: list[Stream] = []
    for line in said.splitlines():
        if (rotation := _ROTATION.match(line)) and streams:
            streams[-1] = replace(streams[-1], turned=round(float(rotation[1])) % 180 != 0)
        if stream := _stream(line):
            streams.append(stream)
    if len(streams) == 1:
        streams = [replace(streams[0], seconds=seconds)]
    return Probe(seconds, tuple(streams), frozenset(_NAME.findall(said)))


def with_lengths(probe: Probe, tracks: tuple[float | None, ...]) -> Probe:
    """`tracks` as `boxes.movie` reads them."""
    known = dict(enumerate(tracks))
    streams = (replace(each, seconds=known.get(each.index) or each.seconds) for each in probe.streams)
    return replace(probe, streams=tuple(streams))


def _stream(line: str) -> Stream | None:
    match = _STREAM.match(line)
    if not match or "(attached pic)" in line:
        return None
    index, kind, codec, rest = int(match[1]), Kind(match[2]), match[3], match[4]
    tagged = _TAG.match(rest)
    tag = tagged[1] if tagged else ""
    if kind is Kind.SOUND:
        sound = _SOUND.search(rest)
        if not sound:
            return None
        channels = _CHANNELS.get(sound[2], _SURROUND)
        return Stream(index, kind, codec, rate=int(sound[1]), channels=channels, tag=tag)
    size, pixels, rate = _SIZE.search(rest), _PIXELS.match(rest), _RATE.search(rest)
    if not size:
        return None
    return Stream(
        index,
        kind,
        codec,
        pixels=pixels[1] if pixels else "",
        width=int(size[1]),
        height=int(size[2]),
        fps=(float(rate[1]) or None) if rate else None,
        tag=tag,
    )
