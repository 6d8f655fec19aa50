"""The canonical post. What no upstream said is None (or an empty tuple), never zero and never "".

Ids are strings: they exceed 2^53. Times are UTC, durations seconds, bitrates bits per second.
"""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class _Model(BaseModel):
    # Built at their first use: not every function that imports them has one, and INIT is billed.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Kind(StrEnum):
    VIDEO = "video"
    SLIDES = "slides"


class Codec(StrEnum):
    H264 = "h264"
    H265 = "h265"


class Author(_Model):
    id: str | None = None
    sec_uid: str | None = None
    handle: str | None = None  # without the @
    name: str | None = None
    avatar_url: str | None = None
    bio: str | None = None
    bio_url: str | None = None
    verified: bool | None = None
    private: bool | None = None
    live: bool | None = None  # on the air just now
    shows_likes: bool | None = None  # what it likes is for everyone to see
    shows_playlists: bool | None = None
    language: str | None = None
    created_at: datetime | None = None
    followers: int | None = None
    following: int | None = None
    likes_received: int | None = None
    likes_given: int | None = None
    posts: int | None = None


class Sound(_Model):
    id: str | None = None
    title: str | None = None
    author: str | None = None  # as it is written
    artists: tuple[Author, ...] = ()  # whose it is, where their accounts are told
    album: str | None = None
    duration: float | None = None
    original: bool | None = None
    copyrighted: bool | None = None
    cover_url: str | None = None
    url: str | None = None
    uses: int | None = None  # posts that use it


class Rendition(_Model):
    """One video file of a post. `urls` are mirrors of the same bytes, best first."""

    urls: tuple[str, ...]
    codec: Codec | None = None
    width: int | None = None
    height: int | None = None
    bitrate: int | None = None
    bytes: int | None = None
    watermark: bool = False

    @property
    def short_side(self) -> int:
        return min(self.width or 0, self.height or 0)


class Slide(_Model):
    """One image of a slideshow; a live photo has a short video too."""

    urls: tuple[str, ...]
    width: int | None = None
    height: int | None = None
    live_urls: tuple[str, ...] = ()


class Subtitle(_Model):
    language: str
    url: str
    format: str  # webvtt, srt or creator_caption
    source: str | None = None  # ASR (heard), MT (translated) or LC


class Post(_Model):
    id: str
    kind: Kind
    caption: str | None = None
    created_at: datetime | None = None
    duration: float | None = None
    language: str | None = None
    region: str | None = None
    is_ad: bool | None = None
    pinned: bool | None = None
    plays: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    downloads: int | None = None
    reposts: int | None = None
    hashtags: tuple[str, ...] = ()  # without the #
    hashtag_ids: dict[str, str] = {}  # by name, of those that are told
    mentions: tuple[str, ...] = ()  # handles, without the @
    author: Author = Author()
    sound: Sound | None = None
    renditions: tuple[Rendition, ...] = ()  # of a video, best first
    slides: tuple[Slide, ...] = ()
    cover_url: str | None = None
    subtitles: tuple[Subtitle, ...] = ()
    cookies: dict[str, str] = {}  # what the page set, and its media demand


class Comment(_Model):
    """What somebody says of a post, or in reply to another comment."""

    id: str
    text: str | None = None
    created_at: datetime | None = None
    language: str | None = None
    likes: int | None = None
    replies: int | None = None
    pinned: bool | None = None
    author: Author = Author()
