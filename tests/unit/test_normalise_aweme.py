"""The app's names."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings

from tests.payloads import altered, recorded, unless_changed
from tokstack.posts.models import Author, Codec, Kind, Post, Rendition, Slide, Sound
from tokstack.posts.normalise import aweme


def address(name: str, **known: Any) -> dict[str, Any]:
    return {"uri": name, "url_list": [f"https://v16/{name}"], **known}


VIDEO: dict[str, Any] = {
    "aweme_id": "6996681461867318530",
    "desc": "hello #one @two",
    "create_time": 1629038229,
    "region": "TR",
    "aweme_type": 0,
    "text_extra": [{"hashtag_name": "One"}, {"hashtag_name": ""}],
    "statistics": {
        "play_count": 56297,
        "digg_count": 5199,
        "comment_count": 130,
        "share_count": 12,
        "download_count": 3,
        "collect_count": 0,
        "repost_count": 1,
    },
    "author": {
        "uid": "22",
        "unique_id": "someone",
        "nickname": "Some One",
        "sec_uid": "MS4",
        "avatar_thumb": {"url_list": ["https://p16/a.webp"]},
    },
    "music": {"id": 6842547937583631110, "title": "t", "play_url": {"url_list": ["https://sf16/m.mp3"]}},
    "video": {
        "duration": 12345,
        "cover": {"url_list": ["https://p16/c.jpeg"]},
        "play_addr": address("play", width=576, height=1024, data_size=900),
        "download_addr": address("marked", width=576, height=1024),
        "bit_rate": [
            {"bit_rate": 500, "is_h265": 1, "play_addr": address("hd", width=1080, height=1920, data_size=1000)},
            {"bit_rate": 700, "is_h265": 0, "play_addr": address("play", width=576, height=1024, data_size=900)},
        ],
    },
}


def test_a_video() -> None:
    assert aweme.post(VIDEO) == Post(
        id="6996681461867318530",
        kind=Kind.VIDEO,
        caption="hello #one @two",
        created_at=datetime(2021, 8, 15, 14, 37, 9, tzinfo=UTC),
        duration=12.345,
        region="TR",
        plays=56297,
        likes=5199,
        comments=130,
        shares=12,
        saves=0,
        downloads=3,
        reposts=1,
        hashtags=("One",),
        mentions=("two",),
        author=Author(id="22", sec_uid="MS4", handle="someone", name="Some One", avatar_url="https://p16/a.webp"),
        sound=Sound(id="6842547937583631110", title="t", url="https://sf16/m.mp3"),
        renditions=(
            Rendition(urls=("https://v16/hd",), codec=Codec.H265, width=1080, height=1920, bitrate=500, bytes=1000),
            Rendition(urls=("https://v16/play",), codec=Codec.H264, width=576, height=1024, bitrate=700, bytes=900),
            Rendition(urls=("https://v16/marked",), width=576, height=1024, watermark=True),
        ),
        cover_url="https://p16/c.jpeg",
    )


def test_slides() -> None:
    image = {"display_image": {"url_list": ["https://p16/a.webp", "https://p19/a.webp", "https://p16/a.jpeg"]}}
    item = {
        "aweme_id": "1",
        "aweme_type": 150,
        "image_post_info": {"images": [image], "image_post_cover": image},
        "music": {},
        "video": {
            "duration": 0,
            "play_addr": {"uri": "https://sf16/sound.mp3", "url_list": ["https://sf16/sound.mp3"]},
        },
    }
    assert aweme.post(item) == Post(
        id="1",
        kind=Kind.SLIDES,
        sound=Sound(url="https://sf16/sound.mp3"),
        slides=(Slide(urls=("https://p16/a.jpeg", "https://p16/a.webp", "https://p19/a.webp")),),
        cover_url="https://p16/a.webp",
    )


def test_the_detail_of_a_sound() -> None:
    music = recorded("music_detail/music-detail-app-2021.json")["music_info"]
    assert aweme.sound(music) == Sound(
        id="6767362751674189825",
        title="Beauty Hurts",
        author="Jack Be",
        artists=(
            Author(
                id="6564062791182581765",
                sec_uid=music["artists"][0]["sec_uid"],
                handle="jackbethatsme",
                name="JACK BE",
                avatar_url=music["artists"][0]["avatar"]["url_list"][0],
                verified=True,
            ),
        ),
        album="The Great Alone",
        duration=30.0,
        original=False,
        cover_url=music["cover_large"]["url_list"][0],
        url="https://sf16-ies-music-sg.tiktokcdn.com/obj/tos-alisg-ve-2774/0e9d897a8e7b4b00969a7de27f99b157",
        uses=481284,
    )


@settings(max_examples=60, deadline=None)
@given(altered(VIDEO))
def test_drift_is_survived(item: Any) -> None:
    post = unless_changed(aweme.post, item)
    assert post is None or Post.model_validate_json(post.model_dump_json()) == post
