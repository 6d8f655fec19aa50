"""A post's subtitles as a cut of its video needs them: shifted, clipped, and in a language that MP4 can name."""

from tokstack.media.ffmpeg.material import SubtitleTrack
from tokstack.posts.languages import long

UNDETERMINED = "und"
_LETTERS = 3


def cut(track: SubtitleTrack, start: float, seconds: float) -> str | None:
    """The WebVTT of what is said in those seconds from `start` on; None if that is nothing, or no WebVTT at all."""
    from webvtt import Caption, WebVTT
    from webvtt.errors import MalformedCaptionError, MalformedFileError
    from webvtt.models import Timestamp

    try:
        said = WebVTT.from_string(track.text)
    except (MalformedFileError, MalformedCaptionError):
        return None
    said.shift(-start)  # what would begin before zero begins at zero
    end = Timestamp.from_seconds(seconds)
    kept = [
        Caption(str(caption.start_time), str(min(caption.end_time, end)), caption.raw_text)
        for caption in said.captions
        if caption.start_time < min(caption.end_time, end) and caption.raw_text.strip()
    ]
    return str(WebVTT(captions=kept).content) if kept else None


def language(name: str) -> str:
    """In the three letters of ISO 639-2: "eng-US" and "en" are eng."""
    first = long(name.replace("_", "-").split("-")[0].lower())
    return first if len(first) == _LETTERS and first.isascii() and first.isalpha() else UNDETERMINED
