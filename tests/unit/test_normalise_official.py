"""The names of the official APIs: the ad library's, with all that contradicts itself, and the research API's."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.payloads import altered, recorded, unless_changed
from tokstack.errors import Code, TokstackError
from tokstack.posts.ads import Ad, Advertiser
from tokstack.posts.models import Author, Kind, Post, Sound
from tokstack.posts.normalise import ad_library, research

FIRST = datetime(2021, 1, 1, tzinfo=UTC)
URLS: Any = {
    "video_urls": (
        "https://asdfcdn.com/..../127364jmdfjsa93d8cn30dm2di/?mime_type=video_mp4",
        "https://asdfcdn.com/..../1kmeidhfb38u21nd82hsk389fd/?mime_type=video_mp4",
    ),
    "image_urls": ("https://asdfcdn.com/17392712.jpeg?x-expires=1679169600&x-signature=asdf",),
}


def test_a_page_as_its_example_has_it() -> None:
    data = recorded("ad_library/ad-query.doc-example.json")["data"]
    (ad,) = ad_library.ads(data)
    assert ad == Ad(
        id="1923845247192304",
        active=True,
        first_shown=FIRST,
        last_shown=FIRST,
        reach=11_000,
        advertiser=Advertiser(id="3847236290405", name="Awe Food Co.", paid_by="Awe Co."),
        **URLS,
    )
    assert ad_library.more(data) == "2837438294054038"


def test_one_ad_as_its_example_has_it() -> None:
    ad = ad_library.ad(recorded("ad_library/ad-detail.doc-example.json")["data"])
    assert ad == Ad(
        id="1923845247192304",
        active=True,
        first_shown=FIRST,
        last_shown=FIRST,
        countries=("GB", "IT"),
        reach=30_000,
        advertiser=Advertiser(
            id="1755645247067185",
            name="Awesome Co.",
            paid_by="Awesome Co.",
            country="US",
            handle="awesome_co",
            avatar_url="https://asdf.tiktokcdn.com/1736254.jpeg?x-expires=1679169600&x-signature=asdf",
            followers=26_374,
        ),
        **URLS,
    )


def test_one_ad_as_the_tables_have_it() -> None:
    ad = ad_library.ad(
        {
            "ad": {
                "id": "7",
                "status": "inactive",
                "first_shown_date": "20240131",
                "last_shown_date": "2024-02-29",
                "title": "Shoes",
                "external_url": "https://shop.example/a",
                "reach": {"unique_users_seen": "1.5M", "unique_users_seen_by_country": {"DE": "1M", "nowhere": 1}},
            },
            "advertiser": {
                "business_id": "8",
                "paid_for_by": "Somebody",
                "profile_url": "https://www.tiktok.com/@a.b_c?lang=en",
                "follower_count": "2",
            },
            "ad_group": {"targeting_info": {"country": ["FR", "DE", None]}},
        }
    )
    assert (ad.id, ad.active, ad.title, ad.landing_url, ad.reach) == (
        "7",
        False,
        "Shoes",
        "https://shop.example/a",
        1_500_000,
    )
    assert (ad.first_shown, ad.last_shown) == (datetime(2024, 1, 31, tzinfo=UTC), datetime(2024, 2, 29, tzinfo=UTC))
    assert ad.countries == ("DE", "FR")
    assert ad.advertiser == Advertiser(id="8", paid_by="Somebody", handle="a.b_c", followers=2)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        (20240131, datetime(2024, 1, 31, tzinfo=UTC)),
        ("20240131", datetime(2024, 1, 31, tzinfo=UTC)),
        ("2024-01-31T10:00:00Z", datetime(2024, 1, 31, tzinfo=UTC)),
        (1_706_659_200, datetime(2024, 1, 31, tzinfo=UTC)),
        ("1706659200", datetime(2024, 1, 31, tzinfo=UTC)),
        (20240231, None),
        ("20240001", None),
        ("soon", None),
        (None, None),
        (True, None),
        (0, None),
    ],
)
def test_a_day_however_it_is_written(written: Any, day: datetime | None) -> None:
    assert ad_library.day(written) == day


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("11K", 11_000),
        ("1.2m", 1_200_000),
        ("0-1K", 0),
        (5, 5),
        ("5", 5),
        ("30K+", 30_000),
        ("few", None),
        (None, None),
        (-1, None),
    ],
)
def test_an_amount_is_what_it_is_at_least(written: Any, amount: int | None) -> None:
    assert ad_library.amount(written) == amount


@pytest.mark.parametrize("flag", [True, "true", 1])
def test_there_is_more_however_that_is_written(flag: Any) -> None:
    assert ad_library.more({"has_more": flag, "search_id": 12}) == "12"
    assert ad_library.more({"has_more": flag}) is None


@pytest.mark.parametrize("flag", [False, "false", 0, None, []])
def test_there_is_no_more(flag: Any) -> None:
    assert ad_library.more({"has_more": flag, "search_id": "12"}) is None


def test_an_ad_without_an_id_is_none() -> None:
    assert ad_library.ads({"ads": [{"ad": {"status": "active"}}, {"ad": {"id": 3}}, None, {}]}) == (Ad(id="3"),)
    with pytest.raises(TokstackError) as caught:
        ad_library.ad({"ad": {}})
    assert caught.value.code is Code.UPSTREAM_CHANGED


@given(st.data())
def test_a_drifted_ad_is_read_or_refused(data: st.DataObject) -> None:
    for name in ("ad-query", "ad-detail"):
        payload = data.draw(altered(recorded(f"ad_library/{name}.doc-example.json")["data"]))
        ad_library.ads(payload)
        ad_library.more(payload)
        unless_changed(ad_library.ad, payload)


def test_a_page_of_research() -> None:
    data = recorded("research_api/videos-page-1.json")["data"]
    posts = research.posts(data)
    assert len(posts) == len(data["videos"]) == 27
    assert posts[0] == Post(
        id="7320768196569599275",
        kind=Kind.VIDEO,
        caption="#duet with @MarvelKitties2022 #cats ",
        created_at=datetime(2024, 1, 5, 23, 59, 56, tzinfo=UTC),
        region="US",
        plays=4,
        likes=6,
        comments=0,
        shares=0,
        hashtags=("cats", "duet"),
        mentions=("MarvelKitties2022",),
        author=Author(handle="s.clovis"),
        sound=Sound(id="7159460238003800066"),
    )
    assert not any("\0" in (post.caption or "") for post in posts)
    assert research.more(data) == f"{data['search_id']}:{data['cursor']}"
    assert data["has_more"] is True


def test_nul_is_left_out_and_the_last_page_is_the_last() -> None:
    (post,) = research.posts({"videos": [{"id": 7, "video_description": "a\0b", "hashtag_names": ["x\0", 1]}, {}]})
    assert (post.caption, post.hashtags) == ("ab", ("x",))
    assert research.more({"search_id": "1", "cursor": 100, "has_more": False}) is None


@given(st.data())
def test_a_drifted_video_is_read_or_refused(data: st.DataObject) -> None:
    rows = recorded("research_api/videos-page-1.json")["data"]
    payload = data.draw(altered({**rows, "videos": rows["videos"][:1]}))
    research.posts(payload)
    research.more(payload)
