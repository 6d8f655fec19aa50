"""What is converted: 1080 x 1920 H.264 with AAC of 2.8 Mbit/s, noisy, so that encoding it is hard; made once.

Fifteen seconds are painted; what is longer repeats them, which costs as much to convert.
"""

import hashlib
import subprocess
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

from local.upstream.media import CACHE, make

SECONDS = 15
_NAME = "clip.mp4"
_PLAYABLE = ("-movflags", "+faststart")
_PAINTED = (
    *("-f", "lavfi", "-i", f"testsrc2=size=1080x1920:rate=30:duration={SECONDS}"),
    *("-f", "lavfi", "-i", f"sine=frequency=440:beep_factor=4:sample_rate=44100:duration={SECONDS}"),
    *("-vf", "noise=alls=12:allf=t", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast"),
    *("-b:v", "2700k", "-maxrate", "2900k", "-bufsize", "5000k", "-c:a", "aac", "-b:a", "128k", "-ac", "2"),
    *_PLAYABLE,
)
_VERSION = hashlib.sha256(" ".join(_PAINTED).encode()).hexdigest()[:12]


def ffmpeg(*words: str | Path) -> None:
    """As one types it, with nothing but the words."""
    subprocess.run([get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *words], check=True)


def clip(times: int = 1) -> Path:
    """The fifteen seconds, so many times one after another."""
    folder = CACHE.with_name("benchmark-media") / f"{_VERSION}-{times}"
    words = ("-stream_loop", str(times - 1), "-i", clip(), "-c", "copy", *_PLAYABLE) if times > 1 else _PAINTED

    def fill(draft: Path) -> None:
        draft.mkdir()
        ffmpeg(*words, draft / _NAME)

    if not folder.is_dir():
        make(folder, fill)
    return folder / _NAME
