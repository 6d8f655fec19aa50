"""People, sounds, videos and notes, field by field, from the core's models."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.payloads import recorded
from tokstack.api.social.notes import note
from tokstack.api.social.people import person, profile
from tokstack.api.social.sounds import audio
from tokstack.api.social.videos import file_name, video
from tokstack.errors import Code, TokstackError
from tokstack.media.links import Links
from tokstack.posts.models import Author, Codec, Comment, Kind, Post, Rendition, Slide, Sound
from tokstack.posts.normalise import aweme, tikwm, web

ID = "7300000000000000001"
WHEN = datetime(2026, 1, 30, 17, 5, 12, tzinfo=UTC)


class PlainLinks(Links):
    """Links that show what they lead to."""

    def __init__(self) -> None:
        super().__init__("https://api.example.com", b"", 1)

    def url(self, post_id: str, name: str, site: str = "tiktok") -> str:
        return f"link:{post_id}/{name}"


def dumped(thing: Any) -> Any:
    return thing.model_dump(mode="json", by_alias=True)


WHOLE = Author(
    id="68",
    sec_uid="MS4",
    handle="lake",
    name="Lake 🏞",
    avatar_url="https://p16.example/a.jpeg",
    bio="Bread\nby the lake",
    bio_url="lake.example",
    verified=True,
    private=False,
    live=False,
    shows_likes=True,
    shows_playlists=False,
    language="de",
    created_at=WHEN,
    followers=1,
    following=2,
    likes_received=3,
    likes_given=4,
    posts=5,
)
PERSON = {
    "type": "Person",
    "id": "https://www.tiktok.com/@lake",
    "url": "https://www.tiktok.com/@lake",
    "entityId": "MS4",
    "internalId": "MS4",
    "userId": "68",
    "name": "Lake 🏞",
    "preferredUsername": "lake",
    "summary": "Bread\nby the lake",
    "attachment": [{"type": "Link", "href": "https://lake.example"}],
    "published": "2026-01-30T17:05:12.000Z",
    "isPrivate": False,
    "isVerified": True,
    "isLive": False,
    "hasLikes": True,
    "hasPlaylists": False,
    "followerCount": 1,
    "followingCount": 2,
    "likeCount": 3,
    "likedCount": 4,
    "mediaCount": 5,
    "videoCount": 5,
    "language": "de",
    "icon": {"type": "Image", "url": "https://p16.example/a.jpeg"},
}


def test_a_person() -> None:
    assert dumped(person(WHOLE)) == PERSON == dumped(profile(WHOLE))


@pytest.mark.parametrize(
    ("author", "name"),
    [(Author(handle="lake"), "lake"), (Author(sec_uid="MS4"), "MS4"), (Author(id="68"), "68"), (Author(), "_")],
)
def test_a_person_of_whom_little_is_known(author: Author, name: str) -> None:
    told = dumped(person(author))
    assert told["id"] == told["url"] == f"https://www.tiktok.com/@{name}"
    assert (told["isPrivate"], told["isVerified"]) == (False, False)
    assert None not in told.values()


@pytest.mark.parametrize("missing", ["sec_uid", "followers", "following", "likes_received", "posts"])
def test_a_profile_invents_nothing(missing: str) -> None:
    with pytest.raises(TokstackError, match="No provider could tell of this account") as caught:
        profile(WHOLE.model_copy(update={missing: None}))
    assert caught.value.code is Code.UPSTREAM_EMPTY


def test_a_recorded_profile() -> None:
    told = dumped(profile(web.user(recorded("user_detail/user-detail-2025-12.json")["userInfo"])))
    assert (told["followerCount"], told["likeCount"], told["mediaCount"]) == (783427, 3922256, 19)
    assert (told["isLive"], told["hasLikes"], told["language"]) == (False, False, "es")
    assert told["attachment"] == [{"type": "Link", "href": "https://twitch.tv/illojuan"}]
    relayed = dumped(profile(tikwm.user(recorded("tikwm/user-info-2022.json")["data"])))
    assert (relayed["preferredUsername"], relayed["hasLikes"], relayed["isLive"]) == ("mineodesu69", True, False)
    assert relayed["summary"].startswith("【毎日投稿🐼】\n→ → → 18時頃\n")


SONG = Sound(
    id="71",
    title="Café del Lago",
    author="The Samples",
    album="Test Tones",
    duration=12,
    original=False,
    copyrighted=True,
    cover_url="https://p16.example/c.jpeg",
    url="https://sf16.example/obj/song.mp3",
    uses=9,
)


def test_an_audio() -> None:
    page = "https://www.tiktok.com/music/Caf%C3%A9-del-Lago-71"
    cover = {"type": "Image", "url": "https://p16.example/c.jpeg"}
    assert dumped(audio(SONG)) == {
        "type": "Audio",
        "id": page,
        "name": "Café del Lago",
        "duration": 12.0,
        "url": "https://sf16.example/obj/song.mp3",
        "mediaType": "audio/mpeg",
        "entityId": "71",
        "internalId": "71",
        "album": "Test Tones",
        "isOriginal": False,
        "isCopyrighted": True,
        "videoCount": 9,
        "attributedTo": {
            "type": "Person",
            "id": f"{page}#author",
            "url": page,
            "name": "The Samples",
            "isPrivate": False,
            "isVerified": False,
        },
        "icon": cover,
        "image": [cover],
    }


def test_an_audio_of_which_nothing_is_known() -> None:
    assert dumped(audio(Sound(id="71"))) == {
        "type": "Audio",
        "id": "https://www.tiktok.com/music/original-sound-71",
        "name": "original sound",
        "duration": 0.0,
        "entityId": "71",
        "internalId": "71",
    }


@pytest.mark.parametrize(
    ("url", "media_type"),
    [
        ("https://v16m.example/x/?mime_type=audio_mpeg&br=1", "audio/mpeg"),
        ("https://v16m.example/x/?mime_type=audio_mp4", "audio/mp4"),
        ("https://sf16.example/obj/song.m4a?x=1", "audio/mp4"),
        ("https://sf16.example/obj/0e9d897a8e7b4b00969a7de27f99b157", None),
    ],
)
def test_what_kind_of_file_a_sound_is(url: str, media_type: str | None) -> None:
    assert audio(Sound(url=url)).media_type == media_type


def test_the_apps_sound_tells_its_artists_and_how_often_it_is_used() -> None:
    sound = aweme.sound(recorded("music_detail/music-detail-app-2021.json")["music_info"])
    assert sound
    told = dumped(audio(sound))
    assert (told["videoCount"], told["album"], told["duration"]) == (481284, "The Great Alone", 30.0)
    assert told["attributedTo"]["preferredUsername"] == "jackbethatsme"
    assert (told["attributedTo"]["isVerified"], told["attributedTo"]["name"]) == (True, "JACK BE")


def test_two_artists_are_both_told() -> None:
    artists = dumped(audio(SONG.model_copy(update={"artists": (WHOLE, Author(handle="mill"))})))["attributedTo"]
    assert [artist["preferredUsername"] for artist in artists] == ["lake", "mill"]


def test_the_webs_sound_counts_by_itself() -> None:
    detail = {
        "music": {"id": "71", "title": "Night Drive", "isCopyrighted": True},
        "author": {"id": "68", "uniqueId": "lake"},
        "stats": {"videoCount": 12},
    }
    sound = web.music_detail(detail)
    assert sound
    assert (sound.uses, sound.copyrighted, sound.artists) == (12, True, (Author(id="68", handle="lake"),))
    assert web.music_detail({"music": {}, "stats": {"videoCount": 12}}) is None


CLIP = Post(
    id=ID,
    kind=Kind.VIDEO,
    caption="Sauerteig 🍞\nمرحبا #baking",
    created_at=WHEN,
    duration=14.6,
    language="de",
    region="DE",
    is_ad=False,
    plays=1,
    likes=2,
    comments=3,
    shares=4,
    saves=5,
    reposts=6,
    hashtags=("baking", "日本"),
    hashtag_ids={"baking": "5932"},
    author=Author(handle="lake"),
    sound=SONG,
    renditions=(
        Rendition(urls=("u1",), codec=Codec.H264, width=720, height=1280, bitrate=900),
        Rendition(urls=("u2",), codec=Codec.H265, width=1080, height=1920),
        Rendition(urls=("u3",), watermark=True),
    ),
    cover_url="https://p16.example/c.jpeg",
)
ADDRESS = f"https://www.tiktok.com/@lake/video/{ID}"


def test_a_video() -> None:
    told = dumped(video(CLIP, PlainLinks()))
    assert told.pop("audio") == {**dumped(audio(SONG)), "url": f"link:{ID}/music"}
    assert told.pop("attributedTo") == dumped(person(CLIP.author))
    assert told == {
        "type": "Video",
        "id": ADDRESS,
        "url": ADDRESS,
        "entityId": ID,
        "internalId": ID,
        "published": "2026-01-30T17:05:12.000Z",
        "content": "Sauerteig 🍞\nمرحبا #baking",
        "duration": 14.6,
        "language": "de",
        "isSponsored": False,
        "location": {"type": "Place", "name": "DE"},
        "viewCount": 1,
        "likeCount": 2,
        "commentCount": 3,
        "repostCount": 6,
        "shareCount": 4,
        "saveCount": 5,
        "tag": [
            {
                "type": "Tag",
                "id": "https://www.tiktok.com/tag/baking",
                "name": "baking",
                "href": "https://www.tiktok.com/tag/baking",
                "entityId": "5932",
                "internalId": "5932",
            },
            {
                "type": "Tag",
                "id": "https://www.tiktok.com/tag/%E6%97%A5%E6%9C%AC",
                "name": "日本",
                "href": "https://www.tiktok.com/tag/%E6%97%A5%E6%9C%AC",
            },
        ],
        "attachment": [
            {
                "type": "VideoAttachment",
                "name": "video-720-h264",
                "url": [f"link:{ID}/video-720-h264"],
                "mediaType": "video/mp4",
                "codec": "h264",
                "width": 720,
                "height": 1280,
                "bitrate": 900,
            },
            {
                "type": "VideoAttachment",
                "name": "video-1080-h265",
                "url": [f"link:{ID}/video-1080-h265"],
                "mediaType": "video/mp4",
                "codec": "h265",
                "width": 1080,
                "height": 1920,
            },
            {
                "type": "VideoAttachment",
                "name": "watermark",
                "url": [f"link:{ID}/watermark"],
                "mediaType": "video/mp4",
            },
        ],
        "image": [{"type": "Image", "url": "https://p16.example/c.jpeg"}],
        "preview": {"type": "Image", "url": "https://p16.example/c.jpeg"},
    }


def test_a_video_of_which_little_is_known() -> None:
    told = dumped(video(Post(id=ID, kind=Kind.VIDEO, created_at=WHEN), PlainLinks()))
    counters = ("viewCount", "likeCount", "commentCount", "repostCount", "shareCount", "saveCount")
    assert {name: told.pop(name) for name in counters} == dict.fromkeys(counters, 0)
    assert told.keys() == {"type", "id", "url", "entityId", "internalId", "published", "attributedTo"}


def test_a_video_without_its_date_is_none() -> None:
    with pytest.raises(TokstackError, match="when this post was published"):
        video(CLIP.model_copy(update={"created_at": None}), PlainLinks())


def test_a_file_whose_size_nobody_told_is_the_best_one() -> None:
    files = (Rendition(urls=("u1",)), Rendition(urls=("u2",)))
    told = dumped(video(CLIP.model_copy(update={"renditions": files}), PlainLinks()))
    assert told["attachment"] == [
        {"type": "VideoAttachment", "name": "video", "url": [f"link:{ID}/video"], "mediaType": "video/mp4"}
    ]


def test_a_slideshow_is_its_images() -> None:
    slides = (Slide(urls=("u1",), width=1080, height=1440), Slide(urls=("u2",)))
    post = CLIP.model_copy(update={"kind": Kind.SLIDES, "renditions": (), "slides": slides})
    told = dumped(video(post, PlainLinks()))
    assert told["image"] == [
        {"type": "Image", "url": f"link:{ID}/image-1", "width": 1080, "height": 1440},
        {"type": "Image", "url": f"link:{ID}/image-2"},
    ]
    assert "attachment" not in told
    with pytest.raises(TokstackError, match="slideshow"):
        file_name(post)


def test_the_file_of_a_video() -> None:
    assert (file_name(CLIP), file_name(CLIP, "watermark")) == ("video", "watermark")
    assert file_name(CLIP.model_copy(update={"renditions": CLIP.renditions[2:]})) == "watermark"
    for name in ("video-480-h264", "image-1", "nothing"):
        with pytest.raises(TokstackError, match="no such file"):
            file_name(CLIP, name)


@pytest.mark.parametrize("file", ["challenge-posts", "feed-search", "user-favorite", "music-posts"])
def test_recorded_rows_are_videos(file: str) -> None:
    for post in tikwm.posts(recorded(f"tikwm/{file}-2022.json")["data"]):
        told = dumped(video(post, PlainLinks()))
        assert told["content"] == post.caption
        assert told["viewCount"] > 0
        assert told["attachment"][0]["name"] == "video"


SAID = Comment(id="81", text="e\u0301 ẛ̣ 👩‍👩‍👧‍👦 \u200fمرحبا\ttab", created_at=WHEN, likes=7, replies=2, author=WHOLE)


def test_a_note() -> None:
    told = dumped(note(SAID, ID))
    assert told.pop("attributedTo") == PERSON
    address = f"https://www.tiktok.com/@_/video/{ID}?comment_id=81"
    assert told == {
        "type": "Note",
        "id": address,
        "url": address,
        "entityId": "81",
        "internalId": "81",
        "content": "e\u0301 ẛ̣ 👩‍👩‍👧‍👦 \u200fمرحبا\ttab",
        "published": "2026-01-30T17:05:12.000Z",
        "likeCount": 7,
        "replyCount": 2,
        "inReplyTo": f"https://www.tiktok.com/@_/video/{ID}",
    }


def test_a_reply() -> None:
    assert note(Comment(id="82"), ID, answers="81").in_reply_to == note(SAID, ID).id
    assert dumped(note(Comment(id="82"), ID)).keys() >= {"content", "likeCount"}
