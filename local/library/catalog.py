"""The items of the sample library, and what became of them day by day. Pure: of the same day it is always the same.

It tells forty days up to the one that it is asked for, so that a library that was just made has young items and old
ones, and ranks that moved.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from local.library.advertisers import CATEGORIES, Maker, makers
from local.upstream import catalog as upstream
from local.upstream.people import WORDS
from tokstack.library.item import (
    Content,
    Item,
    ItemMedia,
    ItemType,
    Media,
    MediaType,
    Metrics,
    Music,
    Profile,
    Source,
    Status,
)

DAYS = 40  # of history
EACH = 36  # items of a brand or a creator
_SEED = 7
_WORDS = WORDS | {
    "th": "เช้านี้ ไป ตลาด กับ แม่ อร่อย มาก ฝนตก ถนน เก่า สวย",
    "hi": "आज सुबह बाज़ार माँ चाय बारिश गली पुरानी बहुत सुंदर",
    "ru": "утро дождь старый город чай музыка медленно улица свет",
    "el": "θάλασσα φως πρωί βάρκα λιμάνι καφές αργά μπλε",
}
_EMOJI = ("🔥", "✨", "❤️", "😂", "🎉", "👍🏽", "🇩🇪", "🥹")
_SONGS = ("Night Drive", "Café del Lago", "夜に歩く", "أغنية الصباح", "느린 춤")


@dataclass(frozen=True, slots=True)
class Entrant:
    """An item as it ends, and how fast it got there; `shown` is when the library first had it."""

    item: Item
    shown: date
    pace: float  # days until most have seen it

    def on(self, day: date) -> Item:
        """What was to be observed on that day, at noon."""
        observed = datetime.combine(day, time(12), UTC)
        active = self.item.last_active_at
        running = active is None or observed <= active
        changes = {
            "updated_at": observed,
            "metrics": _grown(self.item.metrics, self._share(day)),
            "status": self.item.status if running or self.item.type is ItemType.ORGANIC else Status.INACTIVE,
            "last_active_at": min(active, observed) if active else None,
        }
        return self.item.model_copy(update=changes)

    def views_on(self, day: date) -> int | None:
        views = self.item.metrics.views
        return None if views is None else int(views * self._share(day))

    def _share(self, day: date) -> float:
        published = self.item.published_at
        age = (datetime.combine(day, time(12), UTC) - published).total_seconds() / 86_400 if published else 0
        return 1 - math.exp(-max(age, 0.02) / self.pace)


def entrants(today: date) -> list[Entrant]:
    """Those of the brands and creators, then the posts of the sample upstream."""
    made = [entrant for maker in makers(_WORDS) for entrant in _made(maker, today)]
    return [*made, *_posted(today)]


def _made(maker: Maker, today: date) -> Iterator[Entrant]:
    rng = random.Random(f"{_SEED} {maker.profile.handle}")  # noqa: S311 - a seeded sample
    for number in range(EACH):
        age = int(DAYS * rng.random() ** 1.4) if number % 3 else DAYS + rng.randrange(300)
        day = today - timedelta(days=age)
        is_ad = rng.random() < maker.ads
        yield Entrant(
            _item(maker, rng, day, today, is_ad=is_ad),
            max(day, today - timedelta(days=DAYS - 1)),
            rng.choice((1.0, 3.0, 9.0, 20.0)),
        )


def _item(maker: Maker, rng: random.Random, day: date, today: date, *, is_ad: bool) -> Item:
    published = datetime.combine(day, time(rng.randrange(11), rng.randrange(60), rng.randrange(60)), UTC)
    number = str(int(published.timestamp()) << 32 | rng.getrandbits(32))
    ended = is_ad and rng.random() < 0.4  # noqa: PLR2004 - a share
    last = published + (datetime.combine(today, time(12), UTC) - published) * (rng.random() if ended else 1)
    tags = [word.lower().strip("-") for word in rng.sample(maker.words, rng.randint(0, 3))]
    first, count = rng.randrange(len(maker.words) - 3), rng.randint(3, 7)
    text = " ".join(maker.words[first : first + count])
    caption = " ".join(filter(None, (text, rng.choice(("", *_EMOJI)), *(f"#{tag}" for tag in tags))))
    shop = maker.shop if is_ad or rng.random() < 0.3 else None  # noqa: PLR2004 - a share
    return Item(
        tiktok_id=number,
        type=ItemType.AD if is_ad else ItemType.ORGANIC,
        status=(Status.INACTIVE if ended else Status.ACTIVE) if is_ad else rng.choice((Status.ACTIVE, Status.UNKNOWN)),
        is_pinned=False,
        published_at=published,
        first_seen_at=published if is_ad else None,
        last_active_at=last if is_ad else None,
        countries=(maker.country,),
        landing_url=f"https://{shop.domain}/products/{number[-4:]}" if shop else None,
        media=_media(rng, number),
        content=Content(
            description=caption,
            language=maker.language,
            category=maker.category or rng.choice(CATEGORIES),
            hashtags=tuple(tags),
            music=Music(
                id=str(7_100_000_000_000_000_000 + rng.randrange(40)), title=rng.choice(_SONGS), author="The Samples"
            ),
        ),
        metrics=_metrics(rng),
        profile=maker.profile,
        shop=shop,
        source=Source(
            network="tiktok", source_type="ad_library" if is_ad else "profile", tiktok_page_id=maker.profile.id
        ),
    )


def _media(rng: random.Random, number: str) -> ItemMedia:
    base = f"https://media.example/{number}"
    kind = rng.choices((MediaType.VIDEO, MediaType.CAROUSEL, MediaType.IMAGE), (7, 2, 1))[0]
    if kind is MediaType.VIDEO:
        return ItemMedia(
            type=kind,
            thumbnail_url=f"{base}.jpg",
            media_url=f"{base}.mp4",
            video_url=f"{base}.mp4",
            medias=(Media(type=kind, url=f"{base}.mp4", order=0),),
            duration_sec=float(rng.randint(5, 90)),
            media_count=1,
            image_count=0,
        )
    urls = tuple(f"{base}-{at}.jpg" for at in range(rng.randint(2, 7) if kind is MediaType.CAROUSEL else 1))
    medias = tuple(Media(type=MediaType.IMAGE, url=url, order=at) for at, url in enumerate(urls))
    return ItemMedia(
        type=kind,
        thumbnail_url=urls[0],
        media_url=urls[0],
        image_urls=urls,
        medias=medias,
        media_count=len(urls),
        image_count=len(urls),
    )


def _metrics(rng: random.Random) -> Metrics:
    if rng.random() < 0.04:  # noqa: PLR2004 - a share: ad libraries tell no counters
        return Metrics()
    views = int(10 ** rng.uniform(2, 6.8))
    likes = int(views * rng.uniform(0.005, 0.15))
    return Metrics(
        views=views,
        likes=likes,
        comments=int(likes * rng.uniform(0, 0.1)),
        saves=int(likes * rng.uniform(0, 0.3)),
        shares=int(likes * rng.uniform(0, 0.2)),
        reposts=None,
    )


def _grown(metrics: Metrics, share: float) -> Metrics:
    counts = {name: None if count is None else int(count * share) for name, count in metrics}
    return Metrics(**counts)


def _posted(today: date) -> Iterator[Entrant]:
    """What a stranger sees of the sample upstream's people: the same posts under the same ids."""
    known = upstream.catalog()
    for person in known.people:
        for post in known.feed(person):
            yield Entrant(_of_post(post), today - timedelta(days=int(post.id) % DAYS), 5.0)


def _of_post(post: upstream.Post) -> Item:
    person, counters = post.author, post.counters
    kind = MediaType.CAROUSEL if len(post.images) > 1 else MediaType.IMAGE if post.images else MediaType.VIDEO
    return Item(
        tiktok_id=post.id,
        type=ItemType.AD if post.is_ad else ItemType.ORGANIC,
        status=Status.ACTIVE,
        is_pinned=post.pinned,
        published_at=datetime.fromtimestamp(post.created, UTC),
        countries=(post.region,) if post.region else (),
        media=ItemMedia(type=kind, duration_sec=float(post.seconds) if post.seconds else None),
        content=Content(
            description=post.caption.replace("\0", "") or None,
            language=person.language,
            hashtags=tuple(post.hashtags),
            music=Music(id=post.sound.id, title=post.sound.title, author=post.sound.author),
        ),
        metrics=Metrics(
            views=counters.plays,
            likes=counters.likes,
            comments=counters.comments,
            saves=counters.saves,
            shares=counters.shares,
        ),
        profile=Profile(
            id=person.id,
            handle=person.handle,
            name=person.name,
            bio=person.bio or None,
            bio_url=person.bio_url or None,
            sec_uid=person.sec_uid,
            followers=person.followers,
            following=person.following,
            likes=person.likes,
            page_creation=datetime.fromtimestamp(person.created, UTC),
        ),
        source=Source(network="tiktok", source_type="profile", tiktok_page_id=person.id),
    )
