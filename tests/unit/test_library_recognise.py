"""Whatever an upstream once answered, and what the contract says of items: known by its shape."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.payloads import altered, recorded, recorded_bytes
from tokstack.library.from_posts import item_of
from tokstack.library.item import Item, ItemType, MediaType, Profile, Shop, Status
from tokstack.library.recognise import items
from tokstack.library.shops import domain_of, id_of, with_shop
from tokstack.posts.models import Author, Kind, Post, Rendition, Slide, Sound


@pytest.mark.parametrize(
    ("name", "source", "count", "refused"),
    [
        ("item_detail_photo/photo.composed.json", "web", 1, 0),
        ("item_list/post-item-list-2025-10.json", "web", 1, 0),
        ("embed_shape/embed-v2-state.composed.json", "embed", 1, 0),
        ("player_items/items-video.composed.json", "player", 1, 0),
        ("oembed/oembed-2026-09.json", "oembed", 1, 0),
        ("research_api/videos-page-1.json", "research_api", 27, 0),
        ("tikwm/user-posts-with-photo-2026-08.json", "tikwm", 3, 0),
        ("tikwm/feed-search-2022.json", "tikwm", 1, 0),
        ("tikwm/challenge-posts-2022.json", "tikwm", 3, 0),
        ("tikwm/post-video-2022.json", "tikwm", 0, 1),  # it has no id
        ("ad_library/ad-query.doc-example.json", "ad_library", 1, 0),
        ("ad_library/ad-detail.doc-example.json", "ad_library", 1, 0),
        ("tikwm/comments-2022.json", "", 0, 1),
        ("oembed/oembed-not-found.json", "", 0, 1),
        ("item_error/10204-cross-border.json", "", 0, 1),
    ],
)
def test_an_answer_is_known_by_its_shape(name: str, source: str, count: int, refused: int) -> None:
    found = list(items(recorded(name)))
    taken = [each for each in found if isinstance(each, Item)]
    assert (len(taken), len(found) - len(taken)) == (count, refused)
    assert {each.source.source_type for each in taken} == ({source} if count else set())


RAW = ["item_list/post-item-list-2025-10.json", "tikwm/user-posts-with-photo-2026-08.json"]


@pytest.mark.parametrize("name", [*RAW, "research_api/videos-page-1.json", "ad_library/ad-detail.doc-example.json"])
@given(st.data())
def test_an_answer_that_drifts_is_read_or_told_of(name: str, data: st.DataObject) -> None:
    for each in items(data.draw(altered(recorded(name)))):
        assert isinstance(each, Item) or each.endswith(".")


def test_a_row_tells_what_the_item_says() -> None:
    (found, *_) = items(recorded("research_api/videos-page-1.json"))
    assert isinstance(found, Item)
    assert (found.tiktok_id, found.type, found.status) == ("7320768196569599275", ItemType.ORGANIC, Status.ACTIVE)
    assert (found.profile.handle, found.countries, found.content.hashtags) == ("s.clovis", ("US",), ("cats", "duet"))
    assert found.published_at == datetime.fromtimestamp(1704499196, UTC)
    assert (found.metrics.views, found.metrics.likes, found.metrics.saves) == (4, 6, None)


def test_an_official_ad_tells_when_it_was_shown() -> None:
    (found,) = items(recorded("ad_library/ad-detail.doc-example.json"))
    assert isinstance(found, Item)
    assert (found.type, found.status, found.tiktok_id) == (ItemType.AD, Status.ACTIVE, "1923845247192304")
    assert found.first_seen_at == found.last_active_at == datetime(2021, 1, 1, tzinfo=UTC)
    assert (found.media.type, found.profile.name) == (MediaType.VIDEO, "Awesome Co.")


ITEM: dict[str, Any] = {"id": "tiktok_7320768196569599275", "type": "ad", "media": {"type": "image"}}


@pytest.mark.parametrize(
    "payload",
    [ITEM, [ITEM], {"data": [ITEM]}, {"requestId": "1", "data": ITEM}, {**ITEM, "tiktokId": "7320768196569599275"}],
)
def test_an_item_is_as_our_own_api_answers_it(payload: Any) -> None:
    (found,) = items(payload)
    assert isinstance(found, Item)
    assert (found.tiktok_id, found.media.type) == ("7320768196569599275", MediaType.IMAGE)


def test_of_a_page_the_good_rows_are_taken() -> None:
    found = list(items({"itemList": [{"id": "7320768196569599275", "desc": "a"}, {"id": "x", "desc": "b"}, 5]}))
    assert [isinstance(each, Item) for each in found] == [True, False, False]


@pytest.mark.parametrize("payload", [None, 1, "x", [], {}, [[[[[[[[[ITEM]]]]]]]]], {"data": {"data": {"data": None}}}])
def test_what_is_nothing_of_these_is_told_of(payload: Any) -> None:
    assert not [each for each in items(payload) if isinstance(each, Item)]


AUTHOR = Author(id="5", handle="a.b", followers=3, posts=4, likes_received=9)


def test_a_video_is_an_item() -> None:
    post = Post(
        id="7",
        kind=Kind.VIDEO,
        caption="hi #x",
        region="US",
        is_ad=True,
        pinned=True,
        plays=1,
        duration=2.5,
        hashtags=("x",),
        author=AUTHOR,
        sound=Sound(id="8", title="song"),
        renditions=(Rendition(urls=("https://a.example/1", "https://a.example/2")),),
        cover_url="https://a.example/c",
    )
    found = item_of(post, "web", datetime(2026, 1, 1, tzinfo=UTC))
    assert (found.type, found.is_pinned, found.status) == (ItemType.AD, True, Status.ACTIVE)
    assert found.media.model_dump(exclude_defaults=True) == {
        "type": MediaType.VIDEO,
        "thumbnail_url": "https://a.example/c",
        "media_url": "https://a.example/1",
        "video_url": "https://a.example/1",
        "medias": ({"type": MediaType.VIDEO, "url": "https://a.example/1", "order": 0},),
        "duration_sec": 2.5,
        "media_count": 1,
    }
    assert found.profile == Profile(id="5", handle="a.b", followers=3, total_tik_toks=4, likes=9)
    assert found.updated_at == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(("count", "kind"), [(1, MediaType.IMAGE), (3, MediaType.CAROUSEL)])
def test_slides_are_an_image_or_a_carousel(count: int, kind: MediaType) -> None:
    slides = tuple(Slide(urls=(f"https://a.example/{number}",)) for number in range(count))
    media = item_of(Post(id="7", kind=Kind.SLIDES, slides=slides, author=AUTHOR), "web").media
    assert (media.type, media.image_count, media.video_url) == (kind, count, None)
    assert media.media_url == media.thumbnail_url == media.image_urls[0] == "https://a.example/0"


def test_the_page_of_a_post_is_one_item() -> None:
    html = recorded_bytes("item_page_html/video-2025-12.trimmed.html").decode()
    start = html.index('{"__DEFAULT_SCOPE__"')
    state, _ = json.JSONDecoder().raw_decode(html[start:])
    (found,) = items(state)
    assert isinstance(found, Item)
    assert found.source.source_type == "web"


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://www.Glow.example.com/serum?utm=1#x", "glow.example.com"),
        ("glow.com", "glow.com"),
        ("http://shop.glow.com:443/x", "shop.glow.com"),
        ("https://bücher.com/", "xn--bcher-kva.com"),
        ("https://user:secret@glow.com/", None),
        ("https://127.0.0.1/", None),
        ("https://localhost/", None),
        ("javascript:alert(1)", None),
        ("", None),
        ("nothing", None),
    ],
)
def test_a_link_leads_to_a_domain(address: str, domain: str | None) -> None:
    assert domain_of(address) == domain


def test_a_shop_is_where_the_link_leads_unless_it_is_said() -> None:
    linked = Item(tiktok_id="5", landing_url="https://www.glow.com/serum")
    assert with_shop(linked).shop == Shop(id=id_of("glow.com"), domain="glow.com")
    assert with_shop(linked) == with_shop(with_shop(linked))
    said = linked.model_copy(update={"shop": Shop(id="s1", domain="WWW.dew.com", name="Dew")})
    assert with_shop(said).shop == Shop(id="s1", domain="dew.com", name="Dew")
    named = Item(tiktok_id="5", shop=Shop(id="s1", name="Dew"))
    assert with_shop(named) == named
    assert with_shop(Item(tiktok_id="5", landing_url="no link at all")).shop is None
