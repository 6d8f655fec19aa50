"""Storage to storage, against bare ffmpeg from a local file to a local file with the same output options.

Ours is the machine's convert step: an object of an S3 server in, the result's object out. It also looks at the input
before and at the result after; an MP4 that need not change is copied within the server. The server is SeaweedFS on
this machine, on the same processors; the job's record is in moto's table, in a process of its own. The material is
1080 x 1920 H.264 with AAC, noisy. A GIF is made in two passes by both. Lines without a bound: what else one may type,
which is not the same work; and how long the server alone takes to give and take the same bytes, by the same client,
of a whole conversion's time.
"""

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.media_files import SECONDS, clip, ffmpeg
from benchmarks.media_place import Place, conversion, place, upload
from benchmarks.report import Figure, Section, timed
from tokstack.jobs.convert import Converter
from tokstack.media.ffmpeg.material import Limits
from tokstack.media.formats import Format, Options

LONG = 5.0  # seconds of bare ffmpeg: from there on the bound is a ratio
BOUND, BOUND_BELOW = 1.15, 0.3  # times; seconds more
FACTORS = {"15 s": 1, "45 s": 45 // SECONDS, "3 min": 180 // SECONDS}

_COPY = ("-c:v", "copy", "-c:a", "copy", "-movflags", "+faststart")
_X264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p")
_SMALL = ("-vf", "scale=720:-2", "-c:a", "copy", "-movflags", "+faststart")
_AS_OURS = (*_X264, "-threads", "2", "-x264-params", "rc-lookahead=5:sync-lookahead=0", *_SMALL)
_SCALE = "fps=15,scale=480:-1:flags=lanczos"
_PALETTE, _USE = "palettegen=stats_mode=diff", "paletteuse=dither=bayer:bayer_scale=5"

Typed = Callable[[Path, Path], None]  # from a file to a file


@dataclass(frozen=True, slots=True)
class Case:
    """`typed` is the peer; `also` is not the same work, and only shown."""

    name: str
    format: Format
    options: Options
    typed: Typed
    also: tuple[str, Typed] | None = None


def plain(*words: str) -> Typed:
    return lambda source, target: ffmpeg("-i", source, *words, target)


def two_passes(source: Path, target: Path) -> None:
    colours = target.with_name("palette.png")
    ffmpeg("-i", source, "-vf", f"{_SCALE},{_PALETTE}", "-frames:v", "1", "-update", "1", colours)
    ffmpeg("-i", source, "-i", colours, "-filter_complex", f"{_SCALE}[frames];[frames][1:v]{_USE}", target)


ONE_PASS = plain("-filter_complex", f"{_SCALE},split[a][b];[a]{_PALETTE}[p];[b][p]{_USE}", "-an")
MP3 = Case("mp3 192k", Format.MP3, Options(), plain("-vn", "-c:a", "libmp3lame", "-b:a", "192k"))
WAV = Case("wav", Format.WAV, Options(), plain("-vn", "-c:a", "pcm_s16le"))
COPY = Case("mp4, copied", Format.MP4, Options(), plain(*_COPY))
SMALLER = Case(
    "mp4 of 720p, encoded",
    Format.MP4,
    Options(video_quality=720),
    plain(*_AS_OURS),
    ("x264 as it is", plain(*_X264, *_SMALL)),
)
GIF = Case("gif", Format.GIF, Options(), two_passes, ("one pass", ONE_PASS))
# How often each is run: a median of many where it is short, and what a minute evens out by itself.
CASES: Sequence[tuple[Case, str, int]] = (
    *((case, "15 s", 9) for case in (MP3, WAV, COPY)),
    *((case, "15 s", 3) for case in (SMALLER, GIF)),
    *((case, "3 min", 5) for case in (MP3, WAV, COPY)),
    (replace(SMALLER, also=None), "3 min", 1),
    (replace(GIF, also=None), "45 s", 1),
)


def measure(cases: Sequence[tuple[Case, str, int]] = CASES) -> Section:
    with TemporaryDirectory() as folder, place(Path(folder)) as here:
        return Section("Conversion", __doc__ or "", list(_figures(here, cases)))


def _figures(here: Place, cases: Sequence[tuple[Case, str, int]]) -> Iterator[Figure]:
    for length in dict.fromkeys(length for _, length, _ in cases):
        upload(here.storage, length, clip(FACTORS[length]))
    for case, length, rounds in cases:
        yield from _compared(case, length, rounds, here)


def _compared(case: Case, length: str, rounds: int, here: Place) -> Iterator[Figure]:
    source, ways = clip(FACTORS[length]), {"peer": case.typed, **({case.also[0]: case.also[1]} if case.also else {})}
    times: dict[str, list[float]] = {name: [] for name in ("ours", "server", *ways)}
    for _ in range(rounds):
        converted, moved = _ours(case, length, here)
        times["ours"].append(converted)
        times["server"].append(moved)
        for name, way in ways.items():
            times[name].append(_typed(way, source, case.format))
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    ours, peer, what = medians["ours"], medians["peer"], f"{case.name}, {length}"
    if peer < LONG:
        yield _figure(what, ours, peer, f"≤ + {BOUND_BELOW} s", ours - peer <= BOUND_BELOW)
    else:
        yield _figure(what, ours, peer, f"≤ {BOUND} ×", ours / peer <= BOUND)
    if medians["server"] > ours / 3:
        share = f"{medians['server'] / ours:.2f}"
        yield Figure(f"{what}: of which the server's", f"{medians['server']:.2f} s", f"{ours:.2f} s", share)
    if case.also:
        yield _figure(f"{what}: peer with {case.also[0]}", ours, medians[case.also[0]], "", None)


def _ours(case: Case, source: str, here: Place) -> tuple[float, float]:
    """Seconds of the conversion, and of moving the same bytes."""
    job = conversion(here.table, source, case.format, case.options)
    converter = Converter(here.table, here.storage, Limits())
    converted = timed(lambda: converter.convert(job.id, 900))
    result = here.storage.read(job.work.result_key)
    moved = timed(lambda: _move(here, source, result))
    here.storage.delete(job.work.result_key)
    return converted, moved


def _typed(way: Typed, source: Path, format: Format) -> float:
    with TemporaryDirectory() as folder:
        return timed(lambda: way(source, Path(folder) / f"result.{format}"))


def _move(here: Place, source: str, result: bytes) -> None:
    """The source out of storage and the result into it, and nothing done with them."""
    with here.storage.open(source) as stream:
        while stream.read(1 << 20):
            pass
    here.storage.put("again", BytesIO(result), "video/mp4")
    here.storage.delete("again")


def _figure(what: str, ours: float, peer: float, bound: str, held: bool | None) -> Figure:
    return Figure(what, f"{ours:.2f} s", f"{peer:.2f} s", f"{ours / peer:.2f} ×, {ours - peer:+.2f} s", bound, held)
