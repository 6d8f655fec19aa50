"""The sample media: small real files made once with ffmpeg, and what is true of each.

`python -m local.upstream.media` makes them into `.cache/sample-media/<version>/`; a change of a recipe is a
new version. What payloads declare (size, codec, duration, bytes) is read from here, so it matches the bytes.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "sample-media"
RATE = 15  # frames per second
SIDES = {"540": (576, 1024), "720": (720, 1280), "1080": (1080, 1920)}  # TikTok's "540" is 576 wide
PAINTED = (360, 640)  # pictures are painted small and scaled up: painting is dear
MOST = ("h264-540", "h264-720", "h265-540", "h265-720", "watermark-540")
FULL = (*MOST, "h265-1080")
ENCODERS = {
    "h264": "-c:v libx264 -preset ultrafast -crf 30",
    "h265": "-c:v libx265 -preset ultrafast -crf 32 -tag:v hvc1 -x265-params log-level=error:no-sao=1:bframes=0",
}
MIME = {
    ".mp4": "video/mp4",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".vtt": "text/vtt",
}
SUBTITLES = (
    "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nA sample caption.\n\n00:00:01.500 --> 00:00:02.900\nAnd another.\n"
)


@dataclass(frozen=True)
class Clip:
    """One moving picture with its renditions ("h264-540") and, unless `tone` is None, a sound of that pitch."""

    name: str
    source: str  # a lavfi source without size and rate
    seconds: int
    tone: int | None
    renditions: tuple[str, ...] = MOST
    landscape: bool = False

    def size(self, rendition: str) -> tuple[int, int]:
        short, long = SIDES[rendition.split("-")[1]]
        return (long, short) if self.landscape else (short, long)


CLIPS = (
    Clip("counter", "testsrc2", 3, 440, FULL),
    Clip("fractal", "mandelbrot=maxiter=80:end_pts=40", 3, 330),
    Clip("drift", "gradients=seed=7:n=5", 4, 523, FULL),
    Clip("bars", "smptehdbars", 5, 262),
    Clip("harbour", "gradients=seed=11:n=4", 3, 392, FULL, landscape=True),
    Clip("horizon", "testsrc2", 3, 294, landscape=True),
    Clip("silent", "gradients=seed=3:n=3", 4, None, ("h264-540", "watermark-540")),
    Clip("long", "gradients=seed=5:n=6", 12, 349, ("h264-540", "h265-540", "watermark-540")),
    Clip("live-1", "gradients=seed=21:n=3", 2, 220, ("h264-720",)),
    Clip("live-2", "testsrc2", 2, 247, ("h264-720",)),
)
SOUNDS = {"song-1.mp3": (12, 440), "song-2.mp3": (8, 554), "song-3.m4a": (10, 659), "voice-1.m4a": (5, 196)}
PICTURES = {
    f"picture-{n}": (f"gradients=seed={n * 13}:n={2 + n % 6}", size)
    for n, size in enumerate(
        [(1080, 1440), (1080, 1920), (1440, 1080), (1080, 1080), (1399, 1080), (720, 1280)] * 2, start=1
    )
} | {"avatar-1": ("gradients=seed=101", (720, 720)), "avatar-2": ("testsrc2", (720, 720))}


@dataclass(frozen=True)
class File:
    """A sample file. `name` is "clip/rendition.mp4", "song-1.mp3" or "picture-1.jpeg"; seconds are 0 for stills."""

    path: Path
    name: str
    seconds: int = 0
    width: int = 0
    height: int = 0

    @property
    def mime(self) -> str:
        return MIME[self.path.suffix]

    @cached_property
    def bytes(self) -> int:
        return self.path.stat().st_size

    @property
    def bitrate(self) -> int:
        """Bits per second; a still has none."""
        return self.bytes * 8 // self.seconds if self.seconds else 0

    @property
    def codec(self) -> str:
        """h264 or h265, of a video; a watermarked one is h264."""
        return "h265" if self.path.stem.startswith("h265") else "h264"

    @property
    def code(self) -> str:
        """Eight letters that name the file inside a media link."""
        return hashlib.sha256(self.name.encode()).hexdigest()[:8]


class Library:
    """Every sample file by name and by code."""

    def __init__(self, folder: Path) -> None:
        self.files = {file.name: file for file in _files(folder)}
        self.by_code = {file.code: file for file in self.files.values()}

    def __getitem__(self, name: str) -> File:
        return self.files[name]

    def like(self, mime: str) -> list[File]:
        """All files of a type, in a fixed order."""
        return [file for file in self.files.values() if file.mime == mime]


def library() -> Library:
    """The sample media, made now if they are not there yet."""
    folder = CACHE / version()
    if not folder.is_dir():
        make(folder, _fill)
    return Library(folder)


def version() -> str:
    return hashlib.sha256("\n".join(" ".join(recipe) for recipe in _recipes()).encode()).hexdigest()[:12]


def make(folder: Path, fill: Callable[[Path], None]) -> None:
    """Fill a new folder, beside its place first; however many ask at once, one fills it and the others wait."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.is_dir():
            return
        draft = folder.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        fill(draft)
        draft.rename(folder)


def run_all(recipes: Iterable[list[str]], folder: Path) -> None:
    """Runs ffmpeg in `folder` with each of these arguments, one on each core."""
    import imageio_ffmpeg

    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin"]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda recipe: _run([*command, *recipe], folder), recipes))


def _fill(folder: Path) -> None:
    for file in _files(folder):
        file.path.parent.mkdir(parents=True, exist_ok=True)
    (folder / "captions.vtt").write_text(SUBTITLES)
    run_all(_recipes(), folder)


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True)  # noqa: S603 - our own recipes


def _files(folder: Path) -> Iterator[File]:
    for clip in CLIPS:
        for rendition in clip.renditions:
            name = f"{clip.name}/{rendition}.mp4"
            yield File(folder / name, name, clip.seconds, *clip.size(rendition))
    for name, (seconds, _) in SOUNDS.items():
        yield File(folder / name, name, seconds)
    for stem, (_, size) in PICTURES.items():
        for suffix in (".jpeg", ".webp"):
            yield File(folder / (stem + suffix), stem + suffix, 0, *size)
    yield File(folder / "captions.vtt", "captions.vtt")


def _recipes() -> Iterator[list[str]]:
    """The arguments of ffmpeg, relative to the folder; the longest first, so that both cores end together."""
    yield from (_clip_recipe(clip) for clip in CLIPS)
    for name, (seconds, pitch) in SOUNDS.items():
        sound = f"sine=frequency={pitch}:beep_factor=4:sample_rate=44100:duration={seconds}"
        yield ["-f", "lavfi", "-i", sound, "-b:a", "64k", name]
    for stem, (source, size) in PICTURES.items():
        yield f"-f lavfi -i {_sized(source, size)} -frames:v 1 {stem}.jpeg -frames:v 1 {stem}.webp".split()


def _clip_recipe(clip: Clip) -> list[str]:
    count = len(clip.renditions)
    source = _sized(clip.source, PAINTED[::-1] if clip.landscape else PAINTED) + f":rate={RATE}"
    filters = [f"[0:v]split={count}" + "".join(f"[s{n}]" for n in range(count))]
    outputs = []
    for n, rendition in enumerate(clip.renditions):
        width, height = clip.size(rendition)
        mark = ",drawbox=x=24:y=24:w=180:h=48:color=white@0.8:t=fill" if rendition.startswith("watermark") else ""
        filters.append(f"[s{n}]scale={width}:{height}:flags=fast_bilinear{mark},format=yuv420p[v{n}]")
        encoder = ENCODERS["h265" if rendition.startswith("h265") else "h264"].split()
        audio = ["-map", "1:a", "-c:a", "aac", "-b:a", "64k"] if clip.tone else []
        outputs += ["-map", f"[v{n}]", *audio, *encoder, "-t", str(clip.seconds), "-movflags", "+faststart"]
        outputs.append(f"{clip.name}/{rendition}.mp4")
    tone = ["-f", "lavfi", "-i", f"sine=frequency={clip.tone}:sample_rate=44100"] if clip.tone else []
    return ["-f", "lavfi", "-i", source, *tone, "-filter_complex", ";".join(filters), *outputs]


def _sized(source: str, size: tuple[int, int]) -> str:
    return f"{source}{':' if '=' in source else '='}size={size[0]}x{size[1]}"


if __name__ == "__main__":
    from local.upstream.site_files import site_files

    site_files()
    print(library()["counter/h264-540.mp4"].path.parents[1])
