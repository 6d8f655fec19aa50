"""Which files a job needs: of posts, pages and uploads; found out once."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.jobs import DELETED, PAGE, PLAN, POST, UPLOAD, VIDEO, conversion, download, job
from tokstack.errors import Code, TokstackError
from tokstack.jobs import machine, resolve, store
from tokstack.jobs.errors import FinalError
from tokstack.jobs.job import Status
from tokstack.jobs.plan import Plan
from tokstack.jobs.resolve import Resolver
from tokstack.jobs.work import Work
from tokstack.media.formats import Format
from tokstack.media.item import Item
from tokstack.posts.models import Codec, Kind, Post, Rendition, Slide, Sound, Subtitle
from tokstack.posts.pages import MediaKind, Page, PageItem
from tokstack.posts.references import PostRef
from tokstack.table import Table

COVER = "https://p16.example/cover.jpeg"
FILM = Post(
    id=POST.id,
    kind=Kind.VIDEO,
    caption="A title",
    cover_url=COVER,
    renditions=tuple(
        Rendition(urls=(f"https://v16.example/{side}",), codec=Codec.H264, width=side, height=2 * side)
        for side in (360, 720)
    ),
    subtitles=(Subtitle(language="eng-US", url="https://v16.example/text", format="webvtt"),),
)
SLIDES = Post(
    id=POST.id,
    kind=Kind.SLIDES,
    slides=(Slide(urls=(COVER,)), Slide(urls=(COVER,), live_urls=("https://v16.example/live",))),
    sound=Sound(url="https://sf16.example/s.mp3"),
)


@dataclass
class World:
    """Whoever knows posts and pages, and how often they were asked."""

    table: Table
    post_: Post | TokstackError = FILM
    page_: Page | TokstackError = field(default_factory=lambda: page("video"))
    asked: list[Any] = field(default_factory=list)

    def post(
        self,
        reference: PostRef,
        *,
        required: frozenset[str],
        wanted: frozenset[str] = frozenset(),
        patient: bool = False,
    ) -> Post:
        self.asked.append((reference, required, wanted, patient))
        if isinstance(self.post_, TokstackError):
            raise self.post_
        return self.post_

    def page(self, address: str, seconds: float) -> Page:
        assert 0 < seconds < 60
        self.asked.append(address)
        if isinstance(self.page_, TokstackError):
            raise self.page_
        return self.page_

    @property
    def resolver(self) -> Resolver:
        return Resolver(self.table, lambda: self, self.page, 480)

    def plan(self, work: Work) -> Plan:
        made = job(self.table, work, account="")
        store.create(self.table, made)
        plan = self.resolver.resolve(made.id)
        kept = store.find(self.table, made.id)
        assert kept
        assert (kept.status, kept.plan) == (Status.RUNNING, plan)
        return plan

    def refusal(self, work: Work) -> Code:
        with pytest.raises(TokstackError) as caught:
            self.plan(work)
        return caught.value.code


def page(*kinds: str) -> Page:
    types = {"video": "video/mp4", "audio": "audio/ogg", "image": "image/png"}
    items = tuple(PageItem(kind=MediaKind(kind), media_type=types[kind], title=kind.title()) for kind in kinds)
    return Page(site="films.example", title="The page", items=items)


@pytest.fixture
def world(table: Table) -> World:
    return World(table)


def names(plan: Plan) -> list[str]:
    return [file.name for file in plan.files]


def test_a_download_needs_the_files_that_are_told_of(world: World) -> None:
    assert world.plan(download()) == Plan("A title", (VIDEO,))
    assert world.asked == [(PostRef(POST.id), {"media"}, {"sound"}, True)]
    world.post_ = SLIDES
    assert names(world.plan(download(once="2"))) == ["image-1", "image-2", "music"]


def test_a_conversion_needs_what_it_is_made_of(world: World) -> None:
    assert names(world.plan(conversion(format=Format.MP3))) == ["video-360-h264"]
    assert names(world.plan(conversion(format=Format.MP4))) == ["video-720-h264"]
    world.post_ = SLIDES
    assert names(world.plan(conversion(format=Format.GIF))) == ["image-1", "live-2", "music"]


def test_subtitles_are_asked_for_and_carry_their_language(world: World) -> None:
    plan = world.plan(conversion(format=Format.MP4, subtitles=True))
    assert [(file.name, file.type, file.title) for file in plan.files] == [
        ("video-720-h264", "video", "A title"),
        ("subtitle-1", "text", "eng-US"),
    ]


@pytest.mark.parametrize(
    ("work", "rare"),
    [
        (conversion(format=Format.MP3), set()),
        (conversion(format=Format.GIF), {"lives"}),
        (conversion(format=Format.MP4, subtitles=True), {"lives", "subtitles"}),
        (download(), set()),
    ],
)
def test_what_few_posts_have_is_asked_for_with_patience(world: World, work: Work, rare: set[str]) -> None:
    assert names(world.plan(work))
    assert world.asked == [(PostRef(POST.id), {"media"}, {"sound", *rare}, True)]


def test_the_next_best_file_takes_the_place_of_one_that_leads_nowhere(world: World) -> None:
    work = conversion(format=Format.MP4)
    assert names(world.plan(work)) == ["video-720-h264"]
    made = store.latest(world.table, work)
    assert made
    assert world.resolver.instead(made.id, "video-720-h264") == "video-360-h264"
    assert names(world.resolver.resolve(made.id)) == ["video-360-h264"]
    assert world.resolver.instead(made.id, "video-360-h264") is None
    assert world.resolver.instead(made.id, "subtitle-1") is None


def test_a_post_that_cannot_be_had(world: World) -> None:
    world.post_ = DELETED
    assert world.refusal(conversion()) is Code.POST_DELETED
    world.post_ = SLIDES.model_copy(update={"sound": None})
    assert world.refusal(conversion(start_time=1)) is Code.NO_AUDIO_TRACK


def test_a_page_is_downloaded_whole(world: World) -> None:
    world.page_ = page("video", "image", "audio")
    plan = world.plan(download(PAGE))
    assert plan.title == "The page"
    assert plan.files[1] == Item("item-2", "image", "image/png", "films.example", "Image")
    assert names(plan) == ["item-1", "item-2", "item-3"]
    assert world.asked == [PAGE.address]


@pytest.mark.parametrize(
    ("kinds", "format", "options", "name"),
    [
        ("video", Format.MP4, {}, "item-1"),
        ("image video video", Format.MP4, {"video_quality": 720}, "item-2-720"),
        ("audio video", Format.MP4, {}, "item-2"),
        ("video", Format.GIF, {}, "item-1-480"),
        ("video", Format.GIF, {"video_quality": 240}, "item-1-240"),
        ("video", Format.GIF, {"video_quality": 1080}, "item-1-480"),
        ("video audio", Format.MP3, {}, "item-1-sound"),
        ("image audio video", Format.WAV, {}, "item-2"),
    ],
)
def test_of_a_page_the_first_that_serves_is_converted(
    world: World, kinds: str, format: Format, options: dict[str, Any], name: str
) -> None:
    world.page_ = page(*kinds.split())
    plan = world.plan(conversion(PAGE, format, **options))
    assert names(plan) == [name]
    assert plan.title == plan.files[0].title != "The page"


@pytest.mark.parametrize(
    ("kinds", "format", "code"),
    [
        ("image", Format.MP4, Code.UNSUPPORTED_MEDIA),
        ("image audio", Format.GIF, Code.UNSUPPORTED_MEDIA),
        ("image image", Format.MP3, Code.NO_AUDIO_TRACK),
        ("", Format.WAV, Code.NO_AUDIO_TRACK),
    ],
)
def test_a_page_without_what_is_needed(world: World, kinds: str, format: Format, code: Code) -> None:
    world.page_ = page(*kinds.split())
    assert world.refusal(conversion(PAGE, format)) is code


def test_an_upload_is_there_already(world: World) -> None:
    assert world.plan(conversion(UPLOAD)) == Plan("a memo")
    assert world.asked == []


def test_another_try_keeps_to_the_plan(world: World) -> None:
    made = job(world.table, account="")
    store.create(world.table, made)
    store.begin(world.table, made, PLAN)
    world.post_ = DELETED
    assert world.resolver.resolve(made.id) == PLAN
    assert world.asked == []


def test_a_job_that_has_ended_stays_so(world: World) -> None:
    made = job(world.table, account="")
    store.create(world.table, made)
    store.fail(world.table, made, DELETED)
    world.resolver.resolve(made.id)
    kept = store.find(world.table, made.id)
    assert kept
    assert kept.status is Status.FAILED


def test_a_job_that_nobody_knows(world: World) -> None:
    with pytest.raises(TokstackError) as caught:
        world.resolver.resolve("0" * 40 + "-1")
    assert caught.value.code is Code.JOB_NOT_FOUND


class TestTheStep:
    @pytest.fixture(autouse=True)
    def _here(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(machine, "table", lambda: world.table)
        monkeypatch.setattr(resolve, "resolver", lambda: world.resolver)

    def test_each_file_is_an_event_for_the_next(self, world: World) -> None:
        world.post_ = SLIDES
        made = job(world.table, download(), account="")
        store.create(world.table, made)
        assert machine.resolve(made.id) == {
            "files": [
                {"site": "tiktok", "post_id": POST.id, "rendition": name, "part": [number, 3]}
                for number, name in enumerate(("image-1", "image-2", "music"))
            ],
            "convert": False,
        }

    @pytest.mark.parametrize(("subject", "site"), [(PAGE, "web"), (UPLOAD, None)])
    def test_pages_and_uploads_are_converted_too(self, world: World, subject: Any, site: str | None) -> None:
        made = job(world.table, conversion(subject), account="")
        store.create(world.table, made)
        said = machine.resolve(made.id)
        assert said["convert"] is True
        assert [file["site"] for file in said["files"]] == ([site] if site else [])

    def test_what_cannot_be_had_is_final(self, world: World) -> None:
        world.post_ = DELETED
        made = job(world.table, account="")
        store.create(world.table, made)
        for job_id in (made.id, "0" * 40 + "-1"):
            with pytest.raises(FinalError):
                machine.resolve(job_id)
