"""What a conversion may be asked for: the format of the result, and the options that shape it. Rules alone."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

AUDIO_QUALITIES = (64, 96, 128, 160, 192, 224, 256, 320)  # kbit/s
DEFAULT_AUDIO_QUALITY = 192
VIDEO_QUALITIES = (240, 360, 480, 720, 1080)  # pixels of the short side


class Format(StrEnum):
    MP3 = "mp3"
    MP4 = "mp4"
    WAV = "wav"
    GIF = "gif"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]

    @property
    def sound_only(self) -> bool:
        return self in (Format.MP3, Format.WAV)


_MEDIA_TYPES = {
    Format.MP3: "audio/mpeg",
    Format.MP4: "video/mp4",
    Format.WAV: "audio/wav",
    Format.GIF: "image/gif",
}


@dataclass(frozen=True, slots=True)
class Options:
    """How a result is to be; None is the default.

    Times in seconds, `audio_quality` in kbit/s, `video_quality` in pixels of the short side.
    """

    start_time: float | None = None
    end_time: float | None = None
    audio_quality: int | None = None
    video_quality: int | None = None
    h264: bool = False
    subtitles: bool = False

    @property
    def canonical(self) -> str:
        """One spelling for each meaning: 1 and 1.0 are one, and what is left at its default is not in it."""
        given = {name: float(value) for name, value in asdict(self).items() if value}
        return json.dumps(given, sort_keys=True, separators=(",", ":"))
