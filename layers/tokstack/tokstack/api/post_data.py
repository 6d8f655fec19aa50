"""The `data` of the posts family, made of a post and of links to its files. Pure.

What nobody knows is null, and every media link is one of ours: a raw upstream link needs cookies and dies in hours.
"""

from typing import Annotated

from pydantic import Field

from tokstack.api.dates import Moment
from tokstack.api.families import Shape
from tokstack.media import renditions
from tokstack.media.links import Links
from tokstack.posts.models import Author, Codec, Kind, Post
from tokstack.posts.references import PostRef

_Count = Annotated[int | None, Field(ge=0)]


class Media(Shape):
    music: str | None
    no_watermark: str | None
    watermark: str | None


class SlidesMedia(Shape):
    music: str | None


class ProfiledAuthor(Shape):
    id: str | None
    nickname: str | None
    profile: str | None = Field(description="The author's page.")


class PicturedAuthor(Shape):
    avatar: str | None
    id: str | None
    nickname: str | None
    unique_id: str | None = Field(description="The handle, without the @.")


class VideoFile(Shape):
    quality: str | None = Field(description="The short side of the picture, as in 720p.")
    codec: Codec | None
    width: int | None
    height: int | None
    bitrate: int | None = Field(description="Bits per second.")
    bytes: int | None
    url: str


class StatisticData(Shape):
    duration: int | None = Field(description="Seconds.")
    hashtags: list[str]
    id: str
    media: Media
    post_author: ProfiledAuthor
    published_at: Moment | None
    region: str | None
    tags: list[str] = Field(description="The people mentioned.")
    thumbnail: str | None
    title: str | None
    total_comment: _Count
    total_download: _Count
    total_like: _Count
    total_play: _Count
    total_save: _Count
    total_share: _Count
    type: Kind
    unique_id: str | None = Field(description="The author's handle, without the @.")

    @classmethod
    def of(cls, post: Post, links: Links) -> "StatisticData":
        return cls(
            duration=None if post.duration is None else round(post.duration),
            hashtags=_hashtags(post),
            id=post.id,
            media=_media(post, links),
            post_author=_profiled(post.author),
            published_at=post.created_at,
            region=post.region,
            tags=_tags(post),
            thumbnail=post.cover_url,
            title=post.caption,
            total_comment=post.comments,
            total_download=post.downloads,
            total_like=post.likes,
            total_play=post.plays,
            total_save=post.saves,
            total_share=post.shares,
            type=post.kind,
            unique_id=post.author.handle,
        )


class DownloaderData(Shape):
    id: str
    images: list[str] = Field(description="The slides in order; empty for a video.")
    media: Media
    post_author: ProfiledAuthor
    renditions: list[VideoFile] = Field(description="Every file without watermark, best first; empty for slides.")
    thumbnail: str | None
    title: str | None
    type: Kind

    @classmethod
    def of(cls, post: Post, links: Links) -> "DownloaderData":
        return cls(
            id=post.id,
            images=_images(post, links),
            media=_media(post, links),
            post_author=_profiled(post.author),
            renditions=_video_files(post, links),
            thumbnail=post.cover_url,
            title=post.caption,
            type=post.kind,
        )


class SlidesData(Shape):
    cover: str | None
    id: str
    images: list[str] = Field(description="The slides in order.")
    live_images: list[str | None] = Field(description="The moving part of each slide that is a live photo.")
    media: SlidesMedia
    post_author: PicturedAuthor
    title: str | None

    @classmethod
    def of(cls, post: Post, links: Links) -> "SlidesData":
        numbers = range(1, len(post.slides) + 1)
        return cls(
            cover=post.cover_url,
            id=post.id,
            images=_images(post, links),
            live_images=[_link(post, links, f"live-{number}") for number in numbers],
            media=SlidesMedia(music=_link(post, links, "music")),
            post_author=_pictured(post.author),
            title=post.caption,
        )


class RandomData(Shape):
    cover: str | None
    hashtags: list[str]
    id: str
    images: list[str] = Field(description="The slides in order; empty for a video.")
    media: Media
    post_author: PicturedAuthor
    tags: list[str] = Field(description="The people mentioned.")
    title: str | None
    type: Kind
    url: str = Field(description="The post on TikTok.")

    @classmethod
    def of(cls, post: Post, links: Links) -> "RandomData":
        return cls(
            cover=post.cover_url,
            hashtags=_hashtags(post),
            id=post.id,
            images=_images(post, links),
            media=_media(post, links),
            post_author=_pictured(post.author),
            tags=_tags(post),
            title=post.caption,
            type=post.kind,
            url=PostRef(post.id, post.author.handle).url,
        )


def _link(post: Post, links: Links, name: str) -> str | None:
    return links.url(post.id, name) if name in renditions.names(post) else None


def _media(post: Post, links: Links) -> Media:
    return Media(
        music=_link(post, links, "music"),
        no_watermark=_link(post, links, "video"),
        watermark=_link(post, links, "watermark"),
    )


def _images(post: Post, links: Links) -> list[str]:
    return [links.url(post.id, f"image-{number}") for number in range(1, len(post.slides) + 1)]


def _video_files(post: Post, links: Links) -> list[VideoFile]:
    return [
        VideoFile(
            quality=f"{rendition.short_side}p" if rendition.short_side else None,
            codec=rendition.codec,
            width=rendition.width,
            height=rendition.height,
            bitrate=rendition.bitrate,
            bytes=rendition.bytes,
            url=links.url(post.id, name),
        )
        for name, rendition in renditions.videos(post).items()
    ]


def _profiled(author: Author) -> ProfiledAuthor:
    profile = f"https://www.tiktok.com/@{author.handle}" if author.handle else None
    return ProfiledAuthor(id=author.id, nickname=author.name, profile=profile)


def _pictured(author: Author) -> PicturedAuthor:
    return PicturedAuthor(avatar=author.avatar_url, id=author.id, nickname=author.name, unique_id=author.handle)


def _hashtags(post: Post) -> list[str]:
    return [f"#{name}" for name in post.hashtags]


def _tags(post: Post) -> list[str]:
    return [f"@{handle}" for handle in post.mentions]
