"""Which part of a media is asked for, and whether that may be. Pure."""

from tokstack.errors import Code, TokstackError
from tokstack.media.ffmpeg.commands import Cut
from tokstack.media.formats import Format, Options

_ROUNDING = 0.05  # a media of exactly the longest length is not refused for what ffmpeg rounds


def cut_of(options: Options, media_seconds: float, most: float, format: Format) -> Cut:
    start = options.start_time or 0.0
    if start >= media_seconds:
        raise past_end(media_seconds)
    end, to_the_end = media_seconds, True
    if options.end_time is not None and options.end_time < media_seconds:
        end, to_the_end = options.end_time, False
    if end <= start:
        raise TokstackError(Code.VALIDATION_ERROR, "end_time: it must be after start_time.")
    if end - start > most + _ROUNDING:
        raise TokstackError(
            Code.MEDIA_TOO_LARGE,
            f"This {format} would have {end - start:.0f} s, and {most:g} s are the most; "
            "start_time and end_time ask for a part of it.",
        )
    return Cut(start, end - start, to_the_end)


def past_end(media_seconds: float) -> TokstackError:
    return TokstackError(Code.VALIDATION_ERROR, f"start_time: the media ends after {media_seconds:.1f} s.")
