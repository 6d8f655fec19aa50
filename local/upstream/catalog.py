"""The seeded catalogue: who posts, what, and what became of it. Pure: the same seed gives the same posts for ever.

It says what is true of each post; what every surface shows of it is for the shapes, what every route of ours
must answer for `expected`.
"""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from local.upstream.media import CLIPS, MOST, PICTURES, SOUNDS
from local.upstream.people import FANS, PEOPLE, WORDS, Person

SEED = 1
UNTIL = 1795132800  # 2026-11-20, the newest post's day: fixed, so that ids named in a README stay true
TWO_YEARS = 2 * 365 * 86400
CLIPS_BY_NAME = {clip.name: clip for clip in CLIPS}
DOWNLOADABLE, SUBTITLED, MENTIONING, ORIGINAL = 0.9, 0.3, 0.15, 0.6  # shares of the plain posts
# How often each set of renditions is met on real pages, roughly.
LADDERS = (
    ("h264-540", "h265-540"),
    ("h264-540", "h265-540", "h265-720"),
    ("h264-540", "h264-720", "h265-540", "h265-720"),
    ("h264-540", "h265-540", "h265-720", "h265-1080"),
)


class Refusal(NamedTuple):
    """Why a post is not shown: what its page says, and the error code that this means in our contract."""

    status: int
    message: str
    error: str


class Rendition(NamedTuple):
    """A file of a post's video; `broken` ones are listed, but lead nowhere."""

    file: str
    broken: bool = False


@dataclass(frozen=True)
class Sound:
    id: str
    title: str
    author: str
    album: str
    original: bool
    file: str | None  # None: removed


@dataclass(frozen=True)
class Counters:
    plays: int
    likes: int
    comments: int
    shares: int
    saves: int
    downloads: int


@dataclass(frozen=True)
class Post:
    """A video has `clip` and `renditions`, slides have `images` and, one for one, `lives` (None: not a live photo)."""

    id: str
    author: Person
    caption: str
    created: int
    counters: Counters
    sound: Sound
    clip: str = ""
    renditions: tuple[Rendition, ...] = ()
    downloadable: bool = True  # an author who says no has no watermarked file on the web
    images: tuple[str, ...] = ()
    lives: tuple[str | None, ...] = ()
    region: str = ""
    pinned: bool = False
    is_ad: bool = False
    subtitles: bool = False
    refusal: Refusal | None = None
    trait: str = "plain"

    @property
    def url(self) -> str:
        return f"https://www.tiktok.com/@{self.author.handle}/{'photo' if self.images else 'video'}/{self.id}"

    @property
    def seconds(self) -> int:
        return CLIPS_BY_NAME[self.clip].seconds if self.clip else 0

    @property
    def playable(self) -> list[str]:
        """The files of a video that can be fetched, best first."""
        return [rendition.file for rendition in self.renditions if not rendition.broken]

    @property
    def watermarked(self) -> str:
        return f"{self.clip}/watermark-540.mp4"

    @property
    def hashtags(self) -> list[str]:
        return [word[1:] for word in self.caption.split() if word.startswith("#")]

    @property
    def mentions(self) -> list[str]:
        return [word[1:] for word in self.caption.split() if word.startswith("@")]


@dataclass(frozen=True)
class Catalog:
    """Everything that the sample upstream knows, newest post first."""

    people: tuple[Person, ...]
    posts: tuple[Post, ...]

    @cached_property
    def by_id(self) -> dict[str, Post]:
        return {post.id: post for post in self.posts}

    @cached_property
    def by_handle(self) -> dict[str, Person]:
        return {person.handle: person for person in self.people}

    def person(self, name: str) -> Person | None:
        """By handle, numeric id or secUid."""
        known = self.by_handle.get(name.lower())
        return known or next((p for p in (*self.people, *FANS) if name in (p.handle, p.id, p.sec_uid)), None)

    @cached_property
    def shown(self) -> tuple[Post, ...]:
        """What a stranger sees of everyone, newest first."""
        return tuple(post for post in self.posts if not post.refusal)

    @cached_property
    def by_sound(self) -> dict[str, list[Post]]:
        """What a stranger sees of the posts that use a sound, newest first."""
        found: dict[str, list[Post]] = {}
        for post in self.shown:
            found.setdefault(post.sound.id, []).append(post)
        return found

    @cached_property
    def by_tag(self) -> dict[str, list[Post]]:
        """The same of the posts with a tag, by its name in lower case."""
        found: dict[str, list[Post]] = {}
        for post in self.shown:
            for tag in dict.fromkeys(tag.casefold() for tag in post.hashtags):
                found.setdefault(tag, []).append(post)
        return found

    def feed(self, person: Person) -> list[Post]:
        """What a stranger sees of a person's posts, newest first."""
        if person.private:
            return []
        return [post for post in self.posts if post.author == person and not post.refusal]


DELETED = Refusal(10204, "status_deleted", "post_deleted")
ACCOUNT_PRIVATE = Refusal(10222, "", "account_private")
REFUSALS = {
    "deleted": DELETED,
    "deleted-private": Refusal(10204, "item_privacy_authorization&status_deleted", "post_deleted"),
    "deleted-code": Refusal(10217, "", "post_deleted"),
    "private": Refusal(10216, "", "post_private"),
    "self-see": Refusal(10204, "status_self_see", "post_private"),
    "age-gated": Refusal(10204, "content_classification", "age_restricted"),
    "age-classified": Refusal(0, "", "age_restricted"),  # the item is there without its video
    "region-ur": Refusal(10204, "cross_border_violation_ur", "region_blocked"),
    "region": Refusal(10204, "cross_border_violation", "region_blocked"),
    "region-person": Refusal(10204, "person_geo_fencing", "region_blocked"),
    "region-copyright": Refusal(10204, "copyright_geo_filter", "region_blocked"),
    "region-code": Refusal(10231, "", "region_blocked"),
    "in-review": Refusal(10204, "status_reviewing", "post_not_found"),
    "rejected": Refusal(10204, "status_audit_not_pass", "post_not_found"),
}
CAPTIONS = {
    "caption-empty": "",
    "caption-rtl": "وصفة سهلة للعشاء #طبخ \u200fمع @layla.designs اليوم",
    "caption-cjk": "高铁穿过跨海大桥 #中国高铁 とても速い #新幹線 아주 빠르다",
    "caption-emoji": "🔥👩‍👩‍👧‍👦🇧🇷 family day 🎉 #family",
    "caption-nul": "before\u0000after #nul",
    "caption-script": 'say "hi" </script><script>alert(1)</script> & <b>bold</b> \\u002F #html',
    "caption-long": "many words " * 195 + "#long",
    "caption-mentions": "@maple.kitchen @hana.travels you have to see this",
    "caption-lines": "first line\nsecond line\n\n#lines",
}
SONGS = {"Night Drive": "song-1.mp3", "Café del Lago": "song-2.mp3", "夜に歩く": "song-3.m4a"}
ZERO, HUGE = (
    Counters(0, 0, 0, 0, 0, 0),
    Counters(2_400_000_123, 310_000_456, 2_000_789, 5_000_321, 9_000_654, 3_000_987),
)


def catalog(seed: int = SEED) -> Catalog:
    people = tuple(PEOPLE)
    posts = [post for person in people for post in _posts(person, random.Random(f"{seed} {person.handle}"))]  # noqa: S311
    return Catalog(people, tuple(sorted(posts, key=lambda post: post.created, reverse=True)))


def _posts(person: Person, rng: random.Random) -> Iterator[Post]:
    plain = sorted((_plain(person, rng) for _ in range(person.posts)), key=lambda post: post.created)
    for number, post in enumerate(plain):
        if person.private:
            yield replace(post, refusal=ACCOUNT_PRIVATE, trait="account-private")
        else:
            yield replace(post, pinned=number < person.pinned)
    if person.handle == "cabinet.of.odds":
        yield from _odd(person, rng)


def _plain(person: Person, rng: random.Random) -> Post:
    created = UNTIL - int(TWO_YEARS * rng.random() ** 2)  # more of them lately
    if rng.random() < person.slides:
        return _slides(person, rng, created, rng.randint(2, 9))
    return _video(person, rng, created)


def _odd(person: Person, rng: random.Random) -> Iterator[Post]:
    """One post for each thing that goes another way."""

    def video(trait: str, **changes: object) -> Post:
        base = _video(person, rng, UNTIL - rng.randrange(TWO_YEARS))
        return replace(base, trait=trait, **changes)  # type: ignore[arg-type] # the callers below name real fields

    def slides(trait: str, count: int, **changes: object) -> Post:
        base = _slides(person, rng, UNTIL - rng.randrange(TWO_YEARS), count)
        return replace(base, trait=trait, **changes)  # type: ignore[arg-type] # as above

    for trait, refusal in REFUSALS.items():
        yield video(trait, refusal=refusal)
    yield slides("slides-deleted", 3, refusal=DELETED)
    for trait, caption in CAPTIONS.items():
        yield video(trait, caption=caption)
    yield slides("slides-caption-empty", 4, caption="")
    for count in (1, 2, 34, 35):
        yield slides(f"slides-{count}", count)
    yield slides("live-photos", 4, lives=("live-1/h264-720.mp4", None, "live-2/h264-720.mp4", None))
    yield slides("live-photo-only", 1, lives=("live-1/h264-720.mp4",))
    silenced = replace(_sound(person, rng), id=_sound_id(_digits("removed")), file=None)
    yield video("sound-removed", sound=silenced)
    yield slides("slides-sound-removed", 5, sound=silenced)
    yield video("silent", **_filmed("silent", ("h264-540",)))
    yield video("long", **_filmed("long", ("h264-540", "h265-540")), subtitles=True)
    yield video("h264-only", **_filmed("counter", ("h264-540",)))
    yield video("h265-only", **_filmed("drift", ("h265-540", "h265-720")))
    yield video("full-hd", **_filmed("drift", ("h264-540", "h264-720", "h265-540", "h265-720", "h265-1080")))
    yield video("landscape", **_filmed("harbour", ("h264-540", "h264-720", "h265-1080")))
    broken = (Rendition("counter/h264-540.mp4"), Rendition("counter/h265-1080.mp4", broken=True))
    yield video("broken-rendition", clip="counter", renditions=broken)
    yield video("download-disabled", downloadable=False)
    yield video("no-region", region="")
    yield video("counters-zero", counters=ZERO)
    yield video("counters-huge", counters=HUGE)
    yield video("ad", is_ad=True)
    scheduled = video("scheduled")
    yield replace(scheduled, id=str(int(scheduled.id) - (188_209 << 32)))
    yield video("id-max", id=str(2**63 - 1))
    yield video("id-near-max", id=str(2**63 - 775))


def _filmed(clip: str, renditions: tuple[str, ...]) -> dict[str, object]:
    return {"clip": clip, "renditions": tuple(Rendition(f"{clip}/{name}.mp4") for name in renditions)}


def _video(person: Person, rng: random.Random, created: int) -> Post:
    clip = rng.choice([clip for clip in CLIPS if set(MOST) <= set(clip.renditions)])
    ladder = [name for name in rng.choice(LADDERS) if name in clip.renditions]
    return replace(
        _base(person, rng, created),
        clip=clip.name,
        renditions=tuple(Rendition(f"{clip.name}/{name}.mp4") for name in ladder),
        downloadable=rng.random() < DOWNLOADABLE,
        subtitles=rng.random() < SUBTITLED,
    )


def _slides(person: Person, rng: random.Random, created: int, count: int) -> Post:
    stems = [stem for stem in PICTURES if stem.startswith("picture")]
    first = rng.randrange(len(stems))
    images = tuple(stems[(first + n) % len(stems)] for n in range(count))
    return replace(_base(person, rng, created), images=images, lives=(None,) * count)


def _base(person: Person, rng: random.Random, created: int) -> Post:
    plays = int(10 ** rng.uniform(2, 7.5))
    likes = int(plays * rng.uniform(0.02, 0.2)) + 1
    parts = [int(likes * rng.uniform(0.01, 0.1)) + 1 for _ in range(4)]
    return Post(
        id=str(created - rng.randrange(120) << 32 | rng.getrandbits(32)),
        author=person,
        caption=_caption(person, rng),
        created=created,
        counters=Counters(plays, likes, *parts),
        sound=_sound(person, rng),
        region=person.region,
    )


def _caption(person: Person, rng: random.Random) -> str:
    words = WORDS[person.language].split()
    text = " ".join(rng.sample(words, rng.randint(3, 6)))
    tags = rng.sample(words, rng.randint(0, 3))
    friend = f" @{rng.choice(PEOPLE).handle}" if rng.random() < MENTIONING else ""
    return " ".join([text + friend, *(f"#{tag.lower()}" for tag in tags)])


def _sound(person: Person, rng: random.Random) -> Sound:
    """What was recorded with the post, or one of the few songs that many use."""
    original = rng.random() < ORIGINAL
    number = _sound_id(rng.getrandbits(58))
    file = rng.choice(tuple(SOUNDS))
    if original:
        return Sound(number, f"original sound - {person.handle}", person.name, "", original, file)
    title = rng.choice(tuple(SONGS))
    return Sound(_sound_id(_digits(title)), title, "The Samples", "Test Tones", original, SONGS[title])


def _sound_id(number: int) -> str:
    return str(7_100_000_000_000_000_000 + number)


def _digits(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big")


def tag_id(tag: str) -> str:
    """TikTok's number of a tag, whatever its case."""
    return str(_digits(tag.casefold()))
