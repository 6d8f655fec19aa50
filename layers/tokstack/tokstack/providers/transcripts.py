"""What is said in a video, as its page's subtitles have it: which there are, and the text of one."""

from functools import cache

from pydantic import BaseModel, ConfigDict

from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.posts.expiry import media_expiry
from tokstack.posts.languages import matching
from tokstack.posts.models import Subtitle
from tokstack.posts.references import PostRef
from tokstack.posts.webvtt import is_webvtt
from tokstack.providers.asking import Asking
from tokstack.providers.cache import Shelf
from tokstack.providers.circuit import Circuits
from tokstack.providers.deadline import Deadline
from tokstack.providers.limiter import Limiter
from tokstack.providers.page import PostPage
from tokstack.providers.session import Session, accept, get_text, guarded, sessions
from tokstack.providers.upstream import DEADLINE
from tokstack.table import Table, table

_WEBVTT = "webvtt"
_KEPT = 86_400.0  # seconds: what was said stays said
_LISTED, _LINK_MARGIN, _LEAST = 3600.0, 600.0, 5.0
_TRIES = 2


class Transcript(BaseModel):
    """`text` is WebVTT, as it came."""

    model_config = ConfigDict(frozen=True)

    subtitle: Subtitle
    text: str


class Transcripts:
    def __init__(self, table: Table, session: Session, limiter: Limiter) -> None:
        self._now = table.now
        self._session = session
        self._page = PostPage(session)
        self._asking = Asking(Circuits(table), limiter)
        self._listed = Shelf[tuple[Subtitle, ...]](table, "subtitles", tuple[Subtitle, ...], self._listed_until)
        self._texts = Shelf[Transcript](table, "transcript", Transcript, lambda _: self._now() + _KEPT)

    def transcript(self, post_id: str, language: str | None) -> Transcript:
        """In the language that is spoken where None is named. Raises ITEM_NOT_FOUND where there is none such."""
        deadline = Deadline(DEADLINE)

        def fetch(_: Transcript | None) -> Transcript:
            subtitles = self._listed.once(post_id, lambda _: self._told(post_id, deadline), deadline)
            subtitle = matching(subtitles, language)
            if subtitle is None:
                raise TokstackError(Code.ITEM_NOT_FOUND, "There is no transcript of this post in this language.")
            return Transcript(subtitle=subtitle, text=self._text(subtitle, deadline))

        return self._texts.once(f"{post_id}/{(language or '').lower()}", fetch, deadline)

    def _told(self, post_id: str, deadline: Deadline) -> tuple[Subtitle, ...]:
        """By the page, the one upstream that knows: another's silence would not mean that there are none."""
        post = self._asking.ask(
            self._page, lambda page, seconds: page.post(PostRef(post_id), seconds), deadline, tries=_TRIES
        )
        return tuple(subtitle for subtitle in post.subtitles if subtitle.format == _WEBVTT)

    def _text(self, subtitle: Subtitle, deadline: Deadline) -> str:
        with self._session(None, deadline.left) as client:
            text = get_text(client, subtitle.url)
            accept(None if is_webvtt(text) else TokstackError(Code.UPSTREAM_CHANGED, "The transcript is no WebVTT."))
            return text

    def _listed_until(self, subtitles: tuple[Subtitle, ...]) -> float:
        stated = (media_expiry(subtitle.url) for subtitle in subtitles)
        dies = min((moment for moment in stated if moment is not None), default=float("inf"))
        return max(self._now() + _LEAST, min(self._now() + _LISTED, dies - _LINK_MARGIN))


@cache
def transcripts() -> Transcripts:
    """This function's."""
    session = sessions(guarded(settings().upstream_gateway))
    return Transcripts(table(), session, Limiter(table()))
