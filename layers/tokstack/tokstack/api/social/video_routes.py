"""A post, its file, what is said of it and what is said in it."""

import time
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from tokstack.api.backends import links, lists, transcripts, upstream
from tokstack.api.families import POST_ERRORS, SocialSuccess
from tokstack.api.http import Reply
from tokstack.api.routes import Call, NoQuery
from tokstack.api.social import answers
from tokstack.api.social.asking import ListQuery, comment_id, count, language, part, route, video_id, without_default
from tokstack.api.social.notes import note
from tokstack.api.social.objects import Document, Download, TranscriptCue, Video
from tokstack.api.social.videos import MP4, file_name, video
from tokstack.errors import PASSING, Code, TokstackError
from tokstack.media import tokens
from tokstack.media.secret import signing_secret
from tokstack.media.source import TIKTOK
from tokstack.posts.languages import tag
from tokstack.posts.references import PostRef
from tokstack.posts.webvtt import cues

_REQUIRED = frozenset({"created_at", "author.handle"})
_COUNTERS = frozenset({"plays", "likes", "comments", "shares", "saves", "reposts"})
_FACTS = frozenset({"media", "language", "region", "is_ad", "cover_url"})
_WHOSE = frozenset({"author.id", "author.sec_uid", "author.name", "author.avatar_url", "author.verified"})
_SOUND = frozenset({"sound.id", "sound.title", "sound.author", "sound.duration", "sound.url"})
_FILES = frozenset({"media"})
_AGAINST = tuple(code for code in POST_ERRORS if code not in PASSING)
_WEBVTT, _JSON = "text/vtt", "application/json"


class DownloadQuery(BaseModel):
    model_config = ConfigDict(defer_build=True)

    url: str | SkipJsonSchema[None] = Field(
        default=None,
        max_length=2048,
        json_schema_extra=without_default,
        description="A link out of the video's attachments, for that file; else it is the best one without watermark.",
    )


class CommentsQuery(ListQuery):
    count: int = count(50, 20)


class RepliesQuery(ListQuery):
    count: int = count(50)


def _video(_: NoQuery, call: Call) -> Reply:
    wanted = _COUNTERS | _FACTS | _WHOSE | _SOUND
    post = upstream().post(PostRef(video_id(call)), required=_REQUIRED, wanted=wanted)
    return Reply.json(200, SocialSuccess[Video](data=answers.outermost(video(post, links(call)))))


def _download(asked: DownloadQuery, call: Call) -> Reply:
    post_id = video_id(call)
    wanted = _file_in(asked.url, post_id) if asked.url else None
    post = upstream().post(PostRef(post_id), required=_FILES)
    name = file_name(post, wanted)
    found = Download(url=links(call).url(post.id, name), media_type=MP4)
    return Reply.json(200, SocialSuccess[Download](data=answers.outermost(found)))


def _file_in(url: str, post_id: str) -> str:
    """Which of the post's files a link of ours leads to."""
    try:
        source = tokens.verify(urlsplit(url).path.rpartition("/")[2], now=time.time(), secret=signing_secret())
    except (TokstackError, ValueError):
        source = None
    if source is None or (source.site, source.post_id) != (TIKTOK, post_id):
        raise TokstackError(Code.VALIDATION_ERROR, "url: not a link out of this video's attachments")
    return source.rendition


def _comments(asked: CommentsQuery, call: Call) -> Reply:
    post_id = video_id(call)
    page = lists().comments(post_id, part(asked))
    said = [note(comment, post_id) for comment in page.items]
    return Reply.json(200, SocialSuccess[answers.Notes](data=answers.page_of(said, page, asked, call)))


def _replies(asked: RepliesQuery, call: Call) -> Reply:
    post_id, answered = video_id(call), comment_id(call)
    page = lists().replies(answered, part(asked))
    said = [note(comment, post_id, answers=answered) for comment in page.items]
    return Reply.json(200, SocialSuccess[answers.Notes](data=answers.page_of(said, page, asked, call)))


def _transcript(_: NoQuery, call: Call) -> Reply:
    found = transcripts().transcript(video_id(call), language(call))
    spoken = tag(found.subtitle.language)
    if _prefers_webvtt(call.request.headers.get("accept", "")):
        headers = {"Content-Type": f"{_WEBVTT}; charset=utf-8", "Content-Language": spoken, "Vary": "Accept"}
        return Reply(200, found.text, {**headers, "Cache-Control": "no-store"})
    document = Document(
        language=spoken,
        content=found.text,
        cues=[TranscriptCue(start=cue.start, end=cue.end, text=cue.text) for cue in cues(found.text)],
    )
    data = SocialSuccess[Document](data=answers.outermost(document))
    return Reply.json(200, data, {"Vary": "Accept"})


def _prefers_webvtt(accept: str) -> bool:
    """Where both are taken alike, the one that is named first; JSON where neither is."""
    ranked = [_taken(number, range_) for number, range_ in enumerate(accept.split(","))]
    named = sorted((-quality, number, kind) for quality, number, kind in ranked if kind in (_WEBVTT, _JSON) and quality)
    return bool(named) and named[0][2] == _WEBVTT


def _taken(number: int, range_: str) -> tuple[float, int, str]:
    kind, *parameters = (part.strip().lower() for part in range_.split(";"))
    weights = [value for name, _, value in (parameter.partition("=") for parameter in parameters) if name == "q"]
    try:
        return (float(weights[0]) if weights else 1.0), number, kind
    except ValueError:
        return 0.0, number, kind


VIDEO = route(
    "/v1/tiktok/videos/{videoId}",
    name="video",
    summary="A post; a slideshow is one too",
    asks=NoQuery,
    answer=_video,
    success=SocialSuccess[Video],
    errors=_AGAINST,
)

VIDEO_DOWNLOAD = route(
    "/v1/tiktok/videos/{videoId}/download",
    name="video-download",
    summary="A link that leads to a video's file",
    asks=DownloadQuery,
    answer=_download,
    success=SocialSuccess[Download],
    errors=(*_AGAINST, Code.ITEM_NOT_FOUND, Code.UNSUPPORTED_MEDIA),
)

VIDEO_COMMENTS = route(
    "/v1/tiktok/videos/{videoId}/comments",
    name="video-comments",
    summary="What is said of a post",
    asks=CommentsQuery,
    answer=_comments,
    success=SocialSuccess[answers.Notes],
    errors=(Code.POST_NOT_FOUND,),
)

COMMENT_REPLIES = route(
    "/v1/tiktok/videos/{videoId}/comments/{commentId}/replies",
    name="comment-replies",
    summary="What is answered to a comment",
    asks=RepliesQuery,
    answer=_replies,
    success=SocialSuccess[answers.Notes],
    errors=(Code.ITEM_NOT_FOUND,),
)

# As JSON or, to whom prefers it, as WebVTT.
VIDEO_TRANSCRIPT = route(
    "/v1/tiktok/videos/{videoId}/transcripts/{language}",
    name="video-transcript",
    summary="What is said in a video, as WebVTT and as cues",
    asks=NoQuery,
    answer=_transcript,
    success=None,
    errors=(*_AGAINST, Code.ITEM_NOT_FOUND),
)
