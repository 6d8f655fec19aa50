"""`/api/convert/{format}`: a post or page as a file of that format. What it asks for; conversion.py does it."""

from dataclasses import replace
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from tokstack.api.access import Free
from tokstack.api.families import POST_ERRORS
from tokstack.api.http import Reply
from tokstack.api.media_body import MediaBody, OneUrl
from tokstack.api.routes import Body, Call, Route
from tokstack.errors import Code
from tokstack.media.formats import AUDIO_QUALITIES, DEFAULT_AUDIO_QUALITY, VIDEO_QUALITIES, Format, Options

CREDITS = 2

_LONGEST = 86_400  # seconds; no media that is taken is as long

_CUT = ("start_time", "end_time")
# Which options shape which format. The others are left out, so that they make no other work of the same.
_SHAPING: dict[Format, tuple[str, ...]] = {
    Format.MP3: (*_CUT, "audio_quality"),
    Format.MP4: (*_CUT, "audio_quality", "video_quality", "h264", "subtitles"),
    Format.WAV: _CUT,
    Format.GIF: (*_CUT, "video_quality"),
}

Seconds = Annotated[
    float, Field(ge=0, le=_LONGEST, allow_inf_nan=False), AfterValidator(lambda seconds: round(seconds, 3))
]


def _one_of(allowed: tuple[int, ...]) -> AfterValidator:
    texts = tuple(map(str, allowed))

    def checked(text: str) -> str:
        if text not in texts:
            raise PydanticCustomError("quality", "Input should be one of {texts}", {"texts": ", ".join(texts)})
        return text

    return AfterValidator(checked)


def _enum(allowed: tuple[int, ...]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": [str(quality) for quality in allowed]})


AudioQuality = Annotated[str, _one_of(AUDIO_QUALITIES), _enum(AUDIO_QUALITIES)]
VideoQuality = Annotated[str, _one_of(VIDEO_QUALITIES), _enum(VIDEO_QUALITIES)]


class ConvertOptions(Body):
    start_time: Seconds | None = Field(default=None, description="Seconds; where the result begins.")
    end_time: Seconds | None = Field(default=None, description="Seconds; where it ends, behind `start_time`.")
    audio_quality: AudioQuality | None = Field(
        default=None, description="kbit/s of mp3 and of mp4's sound; 192 is the default."
    )
    video_quality: VideoQuality | None = Field(
        default=None, description="Pixels of the short side at most; never scaled up. The best there is by default."
    )
    h264: bool | None = Field(default=None, description="mp4: force H.264; else a compatible source is copied.")
    subtitles: bool | None = Field(default=None, description="mp4: embed the post's subtitles as a text track.")

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> "ConvertOptions":
        if self.end_time is not None and self.end_time <= (self.start_time or 0):
            raise PydanticCustomError("order", "end_time should be greater than start_time")
        return self

    def shaping(self, format: Format) -> Options:
        """Those that make a difference to that format."""
        given = Options(
            start_time=self.start_time,
            end_time=self.end_time,
            audio_quality=int(self.audio_quality) if self.audio_quality else None,
            video_quality=int(self.video_quality) if self.video_quality else None,
            h264=bool(self.h264),
            subtitles=bool(self.subtitles),
        )
        shaping = Options(**{name: getattr(given, name) for name in _SHAPING[format]})
        if format is Format.MP3 and shaping.audio_quality == DEFAULT_AUDIO_QUALITY:
            return replace(shaping, audio_quality=None)  # of mp4, it says that the sound is not copied
        return shaping


class ConvertBody(MediaBody):
    url: OneUrl
    options: ConvertOptions | None = None


def _convert(body: ConvertBody, call: Call) -> Reply:
    from tokstack.api.conversion import convert

    return convert(body, call)


CONVERT = Route(
    name="convert",
    paths=("/api/convert/{format}",),
    summary="A post or a page of another site as mp3, mp4, wav or gif",
    body=ConvertBody,
    answer=_convert,
    errors=(
        *POST_ERRORS,
        Code.NO_AUDIO_TRACK,
        Code.UNSUPPORTED_MEDIA,
        Code.MEDIA_TOO_LARGE,
        Code.JOB_NOT_FOUND,
        Code.ROUTE_NOT_FOUND,
    ),
    access=Free(CREDITS),
    methods=("POST",),
)
