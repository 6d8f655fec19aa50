"""The web's names, on recorded pages and lists."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.payloads import recorded, recorded_bytes
from tokstack.posts.models import Author, Codec, Kind, Post, Rendition, Slide, Sound, Subtitle
from tokstack.posts.normalise import web
from tokstack.providers.pages import rehydrated


def page_item() -> dict[str, Any]:
    detail = rehydrated(recorded_bytes("item_page_html/video-2025-12.trimmed.html"), "webapp.video-detail")
    assert detail
    item: dict[str, Any] = detail["itemInfo"]["itemStruct"]
    return item


def photo_item() -> dict[str, Any]:
    item: dict[str, Any] = recorded("item_detail_photo/photo.composed.json")["itemInfo"]["itemStruct"]
    return item


def test_the_post_of_a_page() -> None:
    item = page_item()
    video = item["video"]
    h264, h265 = (entry["PlayAddr"]["UrlList"] for entry in video["bitrateInfo"])
    assert web.post(item) == Post(
        id="7571863205253778710",
        kind=Kind.VIDEO,
        caption=item["desc"],
        created_at=datetime(2025, 11, 12, 15, 36, 28, tzinfo=UTC),
        duration=64.0,
        language="es",
        region="ES",
        is_ad=False,
        pinned=None,
        plays=192100,
        likes=25500,
        comments=146,
        shares=2156,
        saves=1311,
        downloads=None,
        reposts=0,
        hashtags=(),
        mentions=("burgerking_es", "esperanzagraciaoficial"),
        author=Author(
            id="6781206617314018309",
            sec_uid="MS4wLjABAAAARpM8d0mtXFPytJwiiHvFcy1C-X3PKBSV8wIeJ8gldqXSle1wI4mKT7rlUOAfVa6z",
            handle="illojuan",
            name="IlloJuan",
            avatar_url=item["author"]["avatarLarger"],
            bio="Timing, saludos desde Almería",
            verified=True,
            private=False,
            live=False,
            shows_likes=False,
            created_at=datetime(2020, 1, 12, 23, 49, 23, tzinfo=UTC),
            followers=783400,
            following=0,
            likes_received=3900000,
            likes_given=3,
            posts=19,
        ),
        sound=Sound(
            id="7571863209596881686",
            title="original sound - IlloJuan",
            author="IlloJuan",
            duration=64.0,
            original=True,
            copyrighted=False,
            cover_url=item["music"]["coverLarge"],
            url=item["music"]["playUrl"],
        ),
        renditions=(
            Rendition(urls=tuple(h264), codec=Codec.H264, width=576, height=1024, bitrate=1010862, bytes=8086899),
            Rendition(urls=tuple(h265), codec=Codec.H265, width=576, height=1024, bitrate=442421, bytes=3539368),
            Rendition(urls=(video["downloadAddr"],), watermark=True),
        ),
        cover_url=video["cover"],
        subtitles=(
            Subtitle(language="eng-US", url=video["subtitleInfos"][0]["Url"], format="webvtt", source="MT"),
            Subtitle(language="spa-ES", url=video["subtitleInfos"][1]["Url"], format="webvtt", source="ASR"),
        ),
    )


def test_slides_have_images_and_a_sound_but_no_video() -> None:
    item = photo_item()
    post = web.post(item)
    assert post.kind is Kind.SLIDES
    assert post.renditions == ()
    assert post.duration is None
    assert post.hashtags == ("slides", "test")
    assert post.slides == tuple(
        Slide(urls=tuple(image["imageURL"]["urlList"]), width=width, height=height)
        for image, (width, height) in zip(
            item["imagePost"]["images"], [(1399, 1080), (1080, 1440), (1080, 1920)], strict=True
        )
    )
    assert post.cover_url == item["imagePost"]["cover"]["imageURL"]["urlList"][0]
    assert post.sound is not None
    assert post.sound.url == item["music"]["playUrl"]


def test_a_recorded_image_without_dimensions() -> None:
    fragment = recorded("item_detail_photo/imagePost-fragment-2023-02.json")
    first, second = web.post({"id": "1", **fragment}).slides
    assert (first.width, first.height, len(first.urls)) == (1399, 1080, 2)
    assert (second.width, second.height, len(second.urls)) == (None, None, 1)


def test_the_posts_of_a_list() -> None:
    envelope = recorded("item_list/post-item-list-2025-10.json")
    (post,) = web.posts(envelope)
    assert post.id == "7513039993741397256"
    assert post.pinned is True
    assert post.created_at == datetime(2025, 6, 7, 3, 12, 22, tzinfo=UTC)
    assert post.caption == "高铁穿过莆田市湄洲湾跨海特大桥#china #中国高铁🚅 "
    assert post.hashtags == ("china", "中国高铁🚅")
    assert post.mentions == ()
    assert post.language == "zh-Hans"
    assert post.region is None
    assert (post.plays, post.likes, post.comments) == (1900000, 68300, 1502)
    assert (post.shares, post.saves, post.reposts, post.downloads) == (2528, 5012, 0, None)
    assert (post.author.id, post.author.handle, post.author.followers) == ("6799838955094836230", "zg.520", 427700)
    assert post.sound is not None
    assert (post.sound.id, post.sound.title, post.sound.duration) == ("7287891047231933185", "原声 - Youmile", 17.0)
    assert [
        (file.codec, file.width, file.height, file.bitrate, file.bytes, file.watermark) for file in post.renditions
    ] == [
        (Codec.H265, 1080, 1920, 873954, 2001466, False),
        (Codec.H265, 720, 1280, 417322, 955721, False),
        (Codec.H264, 576, 1024, 404677, 926762, False),
        (Codec.H265, 576, 1024, 337533, 772994, False),
        (Codec.H264, 576, 1024, 161190, 369147, False),
        (None, None, None, None, None, True),
    ]
    assert [subtitle.language for subtitle in post.subtitles] == ["eng-US", "cmn-Hant-CN"]


def test_a_profile_has_the_exact_counters() -> None:
    info = recorded("user_detail/user-detail-2025-12.json")["userInfo"]
    assert web.user(info) == Author(
        id="6781206617314018309",
        sec_uid="MS4wLjABAAAARpM8d0mtXFPytJwiiHvFcy1C-X3PKBSV8wIeJ8gldqXSle1wI4mKT7rlUOAfVa6z",
        handle="illojuan",
        name="IlloJuan",
        avatar_url=info["user"]["avatarLarger"],
        bio="Timing, saludos desde Almería",
        bio_url="twitch.tv/illojuan",
        verified=True,
        private=False,
        live=False,
        shows_likes=False,
        shows_playlists=False,
        language="es",
        created_at=datetime(2020, 1, 12, 23, 49, 23, tzinfo=UTC),
        followers=783427,
        following=0,
        likes_received=3922256,
        likes_given=0,
        posts=19,
    )


def test_rounded_counters_where_there_are_no_exact_ones() -> None:
    assert web.user({"user": {}, "stats": {"followerCount": 783400}}).followers == 783400
    assert web.post({"id": "1", "statsV2": {"playCount": ""}, "stats": {"playCount": 7}}).plays == 7


def test_what_is_not_said_stays_unknown() -> None:
    assert web.post({"id": "1"}) == Post(id="1", kind=Kind.VIDEO)


def test_an_old_page_has_its_author_in_pieces() -> None:
    item = {
        "id": "1",
        "author": "someone",
        "authorId": "22",
        "authorSecId": "MS4",
        "nickname": "Some One",
        "authorStats": {"followerCount": 5},
    }
    assert web.post(item).author == Author(id="22", sec_uid="MS4", handle="someone", name="Some One", followers=5)


def test_a_single_play_address_is_a_rendition() -> None:
    video = {"playAddr": "https://v16/play", "width": 576, "height": 1024, "downloadAddr": ""}
    assert web.post({"id": "1", "video": video}).renditions == (
        Rendition(urls=("https://v16/play",), width=576, height=1024),
    )


def test_the_play_address_of_slides_is_their_sound() -> None:
    item = photo_item() | {"music": {"title": "t", "playUrl": ""}}
    post = web.post(item)
    assert post.renditions == ()
    assert post.sound == Sound(title="t", url=item["video"]["playAddr"])


def test_a_removed_sound_has_no_address() -> None:
    item = page_item()
    item["music"]["playUrl"] = ""
    sound = web.post(item).sound
    assert sound is not None
    assert sound.url is None


def test_scaled_images_follow_the_full_one() -> None:
    image = {
        "imageURL": {"urlList": ["//p16/full.webp"]},
        "imageAdvancedUrls": {
            "720": {"urlList": ["https://p16/720.jpeg"]},
            "1080": {"urlList": ["https://p16/1080.jpeg"]},
        },
    }
    (slide,) = web.post({"id": "1", "imagePost": {"images": [image, {"imageURL": {"urlList": [""]}}]}}).slides
    assert slide.urls == ("https://p16/1080.jpeg", "https://p16/720.jpeg", "https://p16/full.webp")


@pytest.mark.parametrize(
    ("item", "caption"),
    [
        ({"desc": "a\0b", "contents": [{"desc": "other"}]}, "ab"),
        ({"desc": "", "contents": [{"desc": "one"}, {"desc": ""}, {"desc": "two"}]}, "one\ntwo"),
        ({"desc": "", "contents": []}, None),
    ],
)
def test_captions(item: dict[str, Any], caption: str | None) -> None:
    assert web.post({"id": "1", **item}).caption == caption


def test_hashtags_are_those_of_the_text_and_of_the_challenges() -> None:
    item = {
        "desc": "#unlisted",
        "textExtra": [{"hashtagName": "one"}, {"hashtagName": "", "userUniqueId": "someone"}],
        "challenges": [{"title": "One"}, {"title": "two"}],
    }
    post = web.post({"id": "1", **item})
    assert post.hashtags == ("one", "two")
    assert post.mentions == ("someone",)


def test_a_language_that_could_not_be_told_is_unknown() -> None:
    assert web.post({"id": "1", "textLanguage": "un"}).language is None


def test_a_post_is_stored_and_read_back_unchanged() -> None:
    post = web.post(page_item())
    assert Post.model_validate_json(post.model_dump_json()) == post
    assert json.loads(post.model_dump_json())["id"] == "7571863205253778710"
