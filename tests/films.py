"""What a media file is, as ffmpeg plays it."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import imageio_ffmpeg

_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d\.\d+)")
_STREAM = re.compile(r"Stream #0:\d+(?:\[0x[0-9a-f]+\])?(?:\((\w+)\))?: (Video|Audio|Subtitle): (\w+)(.*)")
_THUMB = 64  # pixels of a side
# Some builds of ffmpeg ask the host for character sets, and die of what they get.
_ENVIRONMENT = {"GCONV_PATH": "/nonexistent"}


@dataclass(frozen=True)
class Film:
    """A codec is None where there is no such stream; `subtitles` are their languages."""

    seconds: float
    video: str | None
    size: tuple[int, int]
    fps: float
    sound: str | None
    kbits: int  # of the sound
    subtitles: tuple[str, ...]

    @property
    def short_side(self) -> int:
        return min(self.size)


def film(content: bytes) -> Film:
    said = _run(content, []).stderr.decode()
    duration = _DURATION.search(said)
    assert duration, said
    streams = [match.groups() for match in _STREAM.finditer(said)]
    found = {kind: (codec, rest) for _, kind, codec, rest in reversed(streams)}
    video, pictures = found.get("Video", (None, ""))
    sound, heard = found.get("Audio", (None, ""))
    size = re.search(r", (\d+)x(\d+)", pictures)
    return Film(
        seconds=int(duration[1]) * 3600 + int(duration[2]) * 60 + float(duration[3]),
        video=video,
        size=(int(size[1]), int(size[2])) if size else (0, 0),
        fps=_number(r", ([\d.]+) tbr", pictures),
        sound=sound,
        kbits=int(_number(r", (\d+) kb/s", heard)),
        subtitles=tuple(language or "und" for language, kind, _, _ in streams if kind == "Subtitle"),
    )


def plays(content: bytes) -> bool:
    """Whether ffmpeg decodes all of it without a complaint."""
    done = _run(content, ["-f", "null", "-"])
    return done.returncode == 0 and not re.search(r"error|invalid|corrupt", done.stderr.decode(), re.IGNORECASE)


def packets(content: bytes, kind: str) -> list[str]:
    """A hash of each packet of its first video ("v") or sound ("a"): the same after a copy."""
    told = _output(content, "-map", f"0:{kind}:0", "-c", "copy", "-f", "framemd5", "-").decode()
    return [line.rpartition(",")[2].strip() for line in told.splitlines() if not line.startswith("#")]


def thumbs(content: bytes) -> list[bytes]:
    """Each frame as a small grey picture."""
    scale = f"scale={_THUMB}:{_THUMB},format=gray"
    raw = _output(content, "-map", "0:v:0", "-vf", scale, "-fps_mode", "passthrough", "-f", "rawvideo", "-")
    size = _THUMB * _THUMB
    return [raw[at : at + size] for at in range(0, len(raw), size)]


def distance(one: bytes, other: bytes) -> int:
    """How far two of them are from each other."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


def nearest(thumb: bytes, among: list[bytes]) -> int:
    """Which of the others looks most like it."""
    return min(range(len(among)), key=lambda number: distance(thumb, among[number]))


def subtitle_text(content: bytes) -> str:
    """Its first subtitles, in WebVTT."""
    return _output(content, "-map", "0:s:0", "-f", "webvtt", "-").decode()


def _output(content: bytes, *arguments: str) -> bytes:
    done = _run(content, ["-v", "error", *arguments])
    assert done.returncode == 0, done.stderr
    return done.stdout


def _run(content: bytes, arguments: list[str]) -> subprocess.CompletedProcess[bytes]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        file.write_bytes(content)
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-i", str(file), *arguments]
        return subprocess.run(command, capture_output=True, check=False, env=_ENVIRONMENT)


def _number(form: str, text: str) -> float:
    found = re.search(form, text)
    return float(found[1]) if found else 0.0
