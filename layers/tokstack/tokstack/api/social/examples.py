"""Example answers of this family, made by the code that makes the real ones."""

from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import BaseModel

from tokstack.api.families import SocialSuccess
from tokstack.api.social.answers import Notes, People, Videos, outermost
from tokstack.api.social.notes import note
from tokstack.api.social.objects import (
    Audio,
    Document,
    Download,
    FullPerson,
    OrderedCollectionPage,
    TranscriptCue,
    Video,
)
from tokstack.api.social.people import person, profile
from tokstack.api.social.sounds import audio
from tokstack.api.social.videos import MP4, video
from tokstack.media.links import Links
from tokstack.posts.models import Author, Comment, Post, Sound
from tokstack.posts.webvtt import cues

_SITE = "https://api.example.com/v1/tiktok"

_BAKER = Author(
    id="6881290705605477381",
    sec_uid="MS4wLjABAAAAv7iSuuXDJGDvJkmH_vz1qkDZYo1apxgzaxdBSeIuPiM",
    handle="lakeside.bakes",
    name="Lakeside Bakes",
    avatar_url="https://p16-sign.tiktokcdn.com/avatar.jpeg",
    bio="Bread by the lake",
    bio_url="lakeside.example",
    verified=True,
    private=False,
    live=False,
    shows_likes=True,
    shows_playlists=False,
    language="de",
    created_at=datetime(2020, 10, 8, 17, 5, tzinfo=UTC),
    followers=54_321,
    following=123,
    likes_received=1_204_331,
    likes_given=911,
    posts=214,
)
_SONG = Sound(
    id="7164233671552311885",
    title="Night Drive",
    author="The Samples",
    album="Test Tones",
    duration=12,
    original=False,
    cover_url="https://p16-sign.tiktokcdn.com/cover.jpeg",
    url="https://sf16-ies-music.tiktokcdn.com/obj/music.mp3",
    uses=481_284,
)
_SAID = Comment(
    id="7318520000000000001",
    text="美味しそう! 🍞",
    created_at=datetime(2026, 1, 30, 18, 0, tzinfo=UTC),
    likes=3_688,
    replies=2,
    author=Author(id="6942236779949032453", handle="mill.house", name="Mill House"),
)
_ANSWERED = Comment(
    id="7318520000000000002",
    text="Danke!",
    created_at=datetime(2026, 1, 30, 18, 9, tzinfo=UTC),
    likes=12,
    author=_BAKER,
)
_WEBVTT = (
    "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nFold the dough.\n\n00:00:01.500 --> 00:00:02.900\nAnd let it rest.\n"
)

TRANSCRIPT = SocialSuccess[Document](
    data=outermost(
        Document(
            language="en-US",
            content=_WEBVTT,
            cues=[TranscriptCue(start=cue.start, end=cue.end, text=cue.text) for cue in cues(_WEBVTT)],
        )
    )
)


def successes(post: Post, links: Links) -> Mapping[str, BaseModel]:
    """By the names of the routes."""
    shown = video(post.model_copy(update={"author": _BAKER, "sound": _SONG}), links)
    said, answered = note(_SAID, post.id), note(_ANSWERED, post.id, answers=_SAID.id)
    users, posts = f"{_SITE}/users/lakeside.bakes", f"{_SITE}/videos/{post.id}"
    return {
        "audio": SocialSuccess[Audio](data=outermost(audio(_SONG))),
        "audio-videos": _videos(f"{_SITE}/audios/{_SONG.id}/videos", shown, None),
        "user": SocialSuccess[FullPerson](data=outermost(profile(_BAKER))),
        "user-videos": _videos(f"{users}/videos", shown, _BAKER.posts),
        "user-likes": _videos(f"{users}/likes", shown, None),
        "user-followers": _people(f"{users}/followers", 54_321),
        "user-following": _people(f"{users}/following", 123),
        "video": SocialSuccess[Video](data=outermost(shown)),
        "video-download": SocialSuccess[Download](
            data=outermost(Download(url=links.url(post.id, "video"), media_type=MP4))
        ),
        "video-comments": SocialSuccess[Notes](
            data=OrderedCollectionPage(
                part_of=f"{posts}/comments",
                total_items=1_431,
                cursor=None,
                next_cursor="20",
                next=f"{posts}/comments?cursor=20",
                item_count=1,
                ordered_items=[said],
            )
        ),
        "comment-replies": SocialSuccess[Notes](
            data=OrderedCollectionPage(
                part_of=f"{posts}/comments/{_SAID.id}/replies",
                total_items=1,
                cursor=None,
                next_cursor=None,
                next=None,
                item_count=1,
                ordered_items=[answered],
            )
        ),
        "tag": _videos(f"{_SITE}/tags/baking", shown, None),
        "search": _videos(f"{_SITE}/search", shown, None),
    }


def _videos(part_of: str, shown: Video, total: int | None) -> SocialSuccess[Videos]:
    page = OrderedCollectionPage(
        part_of=part_of,
        total_items=total,
        cursor=None,
        next_cursor="30",
        next=f"{part_of}?cursor=30",
        item_count=1,
        ordered_items=[shown],
    )
    return SocialSuccess[Videos](data=page)


def _people(part_of: str, total: int) -> SocialSuccess[People]:
    page = OrderedCollectionPage(
        part_of=part_of,
        total_items=total,
        cursor="1639657693",
        next_cursor=None,
        next=None,
        item_count=1,
        ordered_items=[person(_SAID.author)],
    )
    return SocialSuccess[People](data=page)
