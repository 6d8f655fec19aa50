"""The embed pages' names."""

from datetime import UTC, datetime

from tests.payloads import recorded
from tokstack.posts.models import Author, Kind, Post, Rendition, Slide, Sound
from tokstack.posts.normalise import embed


def test_a_video() -> None:
    state = recorded("embed_shape/embed-v2-state.composed.json")
    data = state["source"]["data"]["/embed/v2/7377599319744056584"]["videoData"]
    assert embed.post(data) == Post(
        id="7377599319744056584",
        kind=Kind.VIDEO,
        caption="caption #fyp",
        created_at=datetime(2024, 6, 6, 18, 53, 20, tzinfo=UTC),
        duration=59.0,
        is_ad=False,
        plays=1200,
        likes=34,
        comments=5,
        shares=2,
        hashtags=("fyp",),
        author=Author(id="1", handle="someone", name="Some One", followers=4321),
        sound=Sound(id="1", title="nhạc nền", url="https://v16m.tiktokcdn.com/audio.mp3?mime_type=audio_mpeg"),
        renditions=(Rendition(urls=("https://v16.example/video.mp4",), width=720, height=1280),),
    )


def test_slides_never_have_a_video() -> None:
    data = {
        "itemInfos": {"id": "1", "video": {"urls": ["https://v16/audio.mp3"]}, "covers": ["https://p16/c.jpeg"]},
        "imagePostInfo": {"images": [{"displayImage": {"urlList": ["https://p16/a.jpeg"]}}, {}]},
    }
    assert embed.post(data) == Post(
        id="1", kind=Kind.SLIDES, slides=(Slide(urls=("https://p16/a.jpeg",)),), cover_url="https://p16/c.jpeg"
    )


def test_an_accounts_newest_posts() -> None:
    rows = [{"id": "7377599319744056584"}, {"id": ""}, None, {"id": 7377599319744056585}]
    assert embed.newest({"videoList": rows}) == ("7377599319744056584", "7377599319744056585")
    assert embed.newest({}) == ()
