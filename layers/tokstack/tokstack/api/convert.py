"""`/api/convert/{format}`: a post or page as a file of that format, by a job that is waited for."""

from dataclasses import replace
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from tokstack.api.access import Free
from tokstack.api.families import POST_ERRORS, Shape
from tokstack.api.files import file_of, see_other
from tokstack.api.http import Reply
from tokstack.api.jobs import TICKET_SECONDS, job_path
from tokstack.api.media_body import MediaBody, OneUrl
from tokstack.api.preferences import Preferences, preferences
from tokstack.api.routes import Body, Call, Route
from tokstack.api.subjects import subject
from tokstack.errors import Code, TokstackError
from tokstack.jobs import tickets, waiting
from tokstack.jobs.job import Job, Status
from tokstack.jobs.start import starter
from tokstack.jobs.work import Kind, Work
from tokstack.media.formats import AUDIO_QUALITIES, DEFAULT_AUDIO_QUALITY, VIDEO_QUALITIES, Format, Options
from tokstack.media.secret import signing_secret
from tokstack.table import table

CREDITS = 2

_LONGEST = 86_400  # seconds; no media that is taken is as long
_COME_BACK = 2  # seconds until it is worth asking for a job again

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


class AcceptedJob(Shape):
    id: str
    status: Status
    url: str


class Accepted(Shape):
    job: AcceptedJob


def _convert(body: ConvertBody, call: Call) -> Reply:
    job = _start(_work(body, call), call)
    prefer = preferences(call.request.headers.get("prefer", ""))
    if prefer.respond_async and prefer.wait is None:
        return _accepted(job, prefer)
    job = waiting.wait(table(), job.id, call.left(prefer.patience))
    if job.error:
        _cost(call, 0)
    if job.ended:
        return file_of(job)
    return _accepted(job, prefer) if prefer.applied else _redirected(job, call)


def _work(body: ConvertBody, call: Call) -> Work:
    name = call.request.path_parameters["format"]
    if name not in list(Format):
        raise TokstackError(Code.ROUTE_NOT_FOUND, f"There is no conversion to this format: ask for {_formats()}.")
    options = body.options.shaping(Format(name)) if body.options else Options()
    return Work(Kind.CONVERT, subject(body.url, table()), Format(name), options)


def _start(work: Work, call: Call) -> Job:
    started = starter().start(work, call.known_account, CREDITS)
    _cost(call, started.charged)
    return started.job


def _cost(call: Call, credits: int) -> None:
    if call.credits_remaining is not None:
        call.credits_remaining -= credits - call.credits_used
    call.credits_used = credits


def _accepted(job: Job, prefer: Preferences) -> Reply:
    url = job_path(job.id)
    headers = {"Location": url, "Retry-After": str(_COME_BACK), "Preference-Applied": prefer.applied}
    return Reply.json(202, Accepted(job=AcceptedJob(id=job.id, status=job.status, url=url)), headers)


def _redirected(job: Job, call: Call) -> Reply:
    ticket = tickets.issue(job.id, expires=table().now() + TICKET_SECONDS, secret=signing_secret())
    return see_other(f"{call.request.base_url}{job_path(job.id)}/file?ticket={ticket}")


def _formats() -> str:
    return ", ".join(Format)


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
