"""The machine's first step: which files a job needs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.jobs import store
from tokstack.jobs.plan import Plan
from tokstack.jobs.work import Site, Work
from tokstack.media import items, selection
from tokstack.media.formats import Format, Options
from tokstack.media.item import Item
from tokstack.posts.models import Post
from tokstack.posts.references import PostRef
from tokstack.table import Table, table

if TYPE_CHECKING:
    from tokstack.posts.pages import Page

_SECONDS = 40.0  # for a page of another site
_FILES = frozenset({"media"})
_WANTED = frozenset({"sound"})


class Posts(Protocol):
    """Who knows a post (providers/upstream.py)."""

    def post(
        self,
        reference: PostRef,
        *,
        required: frozenset[str],
        wanted: frozenset[str] = frozenset(),
        patient: bool = False,
    ) -> Post: ...


@dataclass(frozen=True, slots=True)
class Resolver:
    table: Table
    posts: Callable[[], Posts]
    page: Callable[[str, float], "Page"]  # an address, seconds
    gif_width: int

    def resolve(self, job_id: str) -> Plan:
        """The job's plan, made once; the job is at work from then on."""
        job = store.found(self.table, job_id)
        plan = job.plan or self._plan(job.work)
        store.begin(self.table, job, plan)
        return plan

    def _plan(self, work: Work) -> Plan:
        match work.subject.site:
            case Site.TIKTOK:
                return self._of_post(work)
            case Site.WEB:
                return self._of_page(work)
            case Site.UPLOAD:
                return Plan(PurePosixPath(work.subject.address).stem)

    def instead(self, job_id: str, name: str) -> str | None:
        """The next best file in place of one that no mirror gave; the job needs that one from now on."""
        job = store.found(self.table, job_id)
        work, plan = job.work, job.plan
        if work.subject.site is not Site.TIKTOK or work.format is None or plan is None:
            return None
        post = self.posts().post(PostRef(work.subject.id), required=_FILES)
        names = selection.videos(post, work.format, work.options, self.gif_width)
        other = next((names[at + 1] for at, tried in enumerate(names[:-1]) if tried == name), None)
        if other:
            chosen = items.of_rendition(post, other)
            files = tuple(chosen if file.name == name else file for file in plan.files)
            store.begin(self.table, job, Plan(plan.title, files))
        return other

    def _of_post(self, work: Work) -> Plan:
        # With patience: the result is kept, also if it lacks what few posts have and nobody told just then.
        wanted = _WANTED | _rare(work)
        post = self.posts().post(PostRef(work.subject.id), required=_FILES, wanted=wanted, patient=True)
        if work.format is None:
            return Plan(post.caption, items.of_post(post))
        names = selection.of_post(post, work.format, work.options, self.gif_width)
        return Plan(post.caption, tuple(items.of_rendition(post, name) for name in names))

    def _of_page(self, work: Work) -> Plan:
        page = self.page(work.subject.address, _SECONDS)
        files = items.of_page(page)
        if work.format is None:
            return Plan(page.title, files)
        file = _first_for(files, work.format)
        number, _ = items.read_page_item(file.name)
        chosen = items.page_item(number, _choice(file, work.format, work.options, self.gif_width))
        return Plan(file.title, (replace(file, name=chosen),))


def _rare(work: Work) -> frozenset[str]:
    if work.format is None or work.format.sound_only:
        return frozenset()
    return frozenset({"lives", "subtitles"} if work.options.subtitles else {"lives"})


def _first_for(files: tuple[Item, ...], format: Format) -> Item:
    """The first file of a page that a format can be made of."""
    for file in files:
        if file.type == "video" or (file.type == "audio" and format.sound_only):
            return file
    if format.sound_only:
        raise TokstackError(Code.NO_AUDIO_TRACK, "There is no sound on this page.")
    raise TokstackError(Code.UNSUPPORTED_MEDIA, "There is no video on this page.")


def _choice(file: Item, format: Format, options: Options, gif_width: int) -> str:
    if file.type == "audio":
        return ""
    if format.sound_only:
        return items.SOUND
    if format is Format.GIF:
        return str(min(options.video_quality or gif_width, gif_width))
    return str(options.video_quality or "")


@cache
def resolver() -> Resolver:
    """This function's resolver."""
    return Resolver(table(), _posts, _page, settings().gif_max_width)


def _posts() -> Posts:
    from tokstack.providers.upstream import upstream

    return upstream()


def _page(address: str, seconds: float) -> "Page":
    from tokstack.providers.extractor.extractor import extractor

    return extractor().page(address, seconds)
