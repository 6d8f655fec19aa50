"""The files of the other sites: streams cut into segments, and files that are not what they seem.

Made once into `.cache/sample-sites/<version>/`, apart from the sample media, some of which they are made of.
"""

import hashlib
import struct
import zlib
from functools import cache
from pathlib import Path

from local.upstream import media

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "sample-sites"
SEGMENTS = 12  # of one second
SIZES = {"low": "640x360", "high": "1280x720"}
HUGE = 16_000  # pixels of a side
TEN_HOURS = 36_000  # seconds
KEY = bytes(range(16))

_PICTURE = "-f lavfi -i testsrc2=size={size}:rate=15:duration={seconds}"
_SOUND = "-f lavfi -i sine=frequency=440:sample_rate=44100:duration={seconds}"
_CODECS = "-c:v libx264 -preset ultrafast -crf 32 -g 15 -sc_threshold 0 -pix_fmt yuv420p -c:a aac -b:a 64k"
_HLS = f"{_PICTURE} {_SOUND} {_CODECS} -f hls -hls_time 1 -hls_playlist_type vod"
_LOCKED = "-hls_segment_filename locked/%02d.ts locked/index.m3u8"
_DASH = f"{_PICTURE} {_SOUND} {_CODECS} -map 0:v -map 0:v -map 1:a -f dash -seg_duration 2"
_RECIPES = (
    *(
        f"{_HLS.format(size=size, seconds=SEGMENTS)} -hls_segment_filename hls/{name}/%02d.ts hls/{name}/index.m3u8"
        for name, size in SIZES.items()
    ),
    f"{_HLS.format(size='160x90', seconds=2)} -hls_key_info_file key.info {_LOCKED}",
    f"{_DASH.format(size=SIZES['low'], seconds=6)} -s:v:0 640x360 -s:v:1 1280x720 dash/film.mpd",
    f"-f lavfi -i color=black:size=64x64:rate=1/600:duration={TEN_HOURS} -c:v libx264 -preset ultrafast ten-hours.mp4",
)
_MASTER = """#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=640x360,CODECS="avc1.42c01e,mp4a.40.2"
low/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=1280x720,CODECS="avc1.42c01f,mp4a.40.2"
high/index.m3u8
"""
_FOLDERS = ("hls/low", "hls/high", "locked", "dash")


@cache
def site_files() -> Path:
    """The folder with the files, made now if they are not there yet."""
    version = hashlib.sha256("\n".join((*_RECIPES, _MASTER, media.version())).encode()).hexdigest()[:12]
    folder = CACHE / version
    if not folder.is_dir():
        sample = media.library()["counter/h264-540.mp4"].path.read_bytes()
        media.make(folder, lambda draft: _fill(draft, sample))
    return folder


def _fill(folder: Path, sample: bytes) -> None:
    for name in _FOLDERS:
        (folder / name).mkdir(parents=True)
    (folder / "locked/key.bin").write_bytes(KEY)
    (folder / "key.info").write_text("key.bin\nlocked/key.bin\n")
    (folder / "hls/master.m3u8").write_text(_MASTER)
    (folder / "truncated.mp4").write_bytes(sample[: len(sample) // 2])
    (folder / "empty.mp4").write_bytes(b"")
    (folder / "page.mp4").write_text("<!DOCTYPE html><html><body><h1>Please wait...</h1></body></html>")
    (folder / "playlist.mp4").write_text(_MASTER)
    (folder / "huge.png").write_bytes(_white_png(HUGE))
    media.run_all((recipe.split() for recipe in _RECIPES), folder)


def _white_png(side: int) -> bytes:
    """An image of one bit per pixel: tiny as a file, large in memory."""
    packer, row = zlib.compressobj(9), b"\0" + b"\xff" * (side // 8)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
