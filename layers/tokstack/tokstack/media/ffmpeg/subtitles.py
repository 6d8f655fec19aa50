"""A post's subtitles as a cut of its video needs them: shifted, clipped, and in a language that MP4 can name."""

from tokstack.media.ffmpeg.material import SubtitleTrack

UNDETERMINED = "und"
# ISO 639-1 to 639-2/T, for those languages that upstreams name in two letters.
_LANGUAGES = {
    "ar": "ara",
    "az": "aze",
    "bg": "bul",
    "bn": "ben",
    "bs": "bos",
    "ca": "cat",
    "cs": "ces",
    "da": "dan",
    "de": "deu",
    "el": "ell",
    "en": "eng",
    "es": "spa",
    "et": "est",
    "fa": "fas",
    "fi": "fin",
    "fr": "fra",
    "he": "heb",
    "hi": "hin",
    "hr": "hrv",
    "hu": "hun",
    "id": "ind",
    "is": "isl",
    "it": "ita",
    "ja": "jpn",
    "jv": "jav",
    "ka": "kat",
    "kk": "kaz",
    "km": "khm",
    "ko": "kor",
    "lo": "lao",
    "lt": "lit",
    "lv": "lav",
    "mk": "mkd",
    "ms": "msa",
    "my": "mya",
    "nb": "nob",
    "ne": "nep",
    "nl": "nld",
    "no": "nor",
    "pl": "pol",
    "pt": "por",
    "ro": "ron",
    "ru": "rus",
    "si": "sin",
    "sk": "slk",
    "sl": "slv",
    "sq": "sqi",
    "sr": "srp",
    "sv": "swe",
    "sw": "swa",
    "ta": "tam",
    "te": "tel",
    "th": "tha",
    "tl": "tgl",
    "tr": "tur",
    "uk": "ukr",
    "ur": "urd",
    "uz": "uzb",
    "vi": "vie",
    "zh": "zho",
}
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
    first = name.replace("_", "-").split("-")[0].lower()
    if first in _LANGUAGES:
        return _LANGUAGES[first]
    return first if len(first) == _LETTERS and first.isascii() and first.isalpha() else UNDETERMINED
