"""The embedded player's names."""

from tests.payloads import recorded
from tokstack.posts.models import Author, Codec, Kind, Post, Rendition, Slide, Sound
from tokstack.posts.normalise import player


def test_a_video() -> None:
    (item,) = recorded("player_items/items-video.composed.json")["items"]
    assert player.post(item) == Post(
        id="7670393762513718549",
        kind=Kind.VIDEO,
        caption="Player description",
        created_at=None,
        duration=12.0,
        region="US",
        plays=None,
        likes=10,
        comments=2,
        shares=1,
        author=Author(sec_uid="secret", handle="creator", name="Creator"),
        sound=Sound(title="original sound"),
        renditions=(
            Rendition(
                urls=("https://v16.example/play720.mp4",),
                codec=Codec.H264,
                width=720,
                height=1280,
                bitrate=1000000,
                bytes=1234,
            ),
            Rendition(urls=("https://v16.example/play.mp4",), width=720, height=1280),
        ),
        cover_url="https://p16.example/c.jpeg",
    )


def test_slides() -> None:
    image = {"display_image": {"url_list": ["https://p16/a.webp", "https://p16/a.jpeg"], "width": 1080, "height": 1440}}
    item = {
        "id_str": "1",
        "desc": "#one @two",
        "aweme_type": 150,
        "image_post_info": {"images": [image]},
        "video_info": {"meta": {"duration": 0}, "url_list": ["https://v16/audio.mp3"]},
    }
    post = player.post(item)
    assert (post.kind, post.duration, post.renditions) == (Kind.SLIDES, None, ())
    assert post.slides == (Slide(urls=("https://p16/a.jpeg", "https://p16/a.webp"), width=1080, height=1440),)
    assert (post.hashtags, post.mentions) == (("one",), ("two",))


def test_slides_by_their_type_alone() -> None:
    item = {"id_str": "1", "aweme_type": 150, "video_info": {"url_list": ["https://v16/audio.mp3"]}}
    assert player.post(item) == Post(id="1", kind=Kind.SLIDES)
