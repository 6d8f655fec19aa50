"""An item, as an upstream's post tells of it."""

from collections.abc import Iterator
from datetime import datetime

from tokstack.library.item import (
    Content,
    Item,
    ItemMedia,
    ItemType,
    Media,
    MediaType,
    Metrics,
    Music,
    Profile,
    Source,
    Status,
)
from tokstack.posts.models import Author, Kind, Post, Sound

_NETWORK = "tiktok"


def item_of(post: Post, source_type: str, observed_at: datetime | None = None) -> Item:
    """`source_type` names who told of it. That it was told of is that it was there: it is active.

    Raises pydantic's ValidationError where the post has what no item can have.
    """
    return Item(
        tiktok_id=post.id,
        type=ItemType.AD if post.is_ad else ItemType.ORGANIC,
        status=Status.ACTIVE,
        is_pinned=post.pinned,
        published_at=post.created_at,
        updated_at=observed_at,
        countries=(post.region,) if post.region else (),
        media=_media(post),
        content=Content(
            description=post.caption,
            language=post.language,
            hashtags=post.hashtags,
            music=_music(post.sound) if post.sound else Music(),
        ),
        metrics=Metrics(
            views=post.plays,
            likes=post.likes,
            comments=post.comments,
            saves=post.saves,
            shares=post.shares,
            reposts=post.reposts,
        ),
        profile=profile_of(post.author),
        source=Source(network=_NETWORK, source_type=source_type, tiktok_page_id=post.author.id),
    )


def profile_of(author: Author) -> Profile:
    return Profile(
        id=author.id,
        handle=author.handle,
        name=author.name,
        avatar_url=author.avatar_url,
        bio=author.bio,
        bio_url=author.bio_url,
        sec_uid=author.sec_uid,
        followers=author.followers,
        following=author.following,
        total_tik_toks=author.posts,
        likes=author.likes_received,
        page_creation=author.created_at,
    )


def _media(post: Post) -> ItemMedia:
    files = list(_files(post))
    images = tuple(slide.urls[0] for slide in post.slides)
    video = next((file.url for file in files if file.type is MediaType.VIDEO), None) if not images else None
    return ItemMedia(
        type=_type(post),
        thumbnail_url=post.cover_url or next(iter(images), None),
        media_url=next((file.url for file in files), None),
        video_url=video,
        image_urls=images,
        medias=tuple(files),
        duration_sec=post.duration,
        media_count=len(files) or None,
        image_count=len(images) or None,
    )


def _type(post: Post) -> MediaType:
    if post.kind is Kind.VIDEO:
        return MediaType.VIDEO
    return MediaType.IMAGE if len(post.slides) == 1 else MediaType.CAROUSEL


def _files(post: Post) -> Iterator[Media]:
    """One of each image, or the best of the video."""
    for order, slide in enumerate(post.slides):
        yield Media(type=MediaType.IMAGE, url=slide.urls[0], order=order)
    if not post.slides and post.renditions:
        yield Media(type=MediaType.VIDEO, url=post.renditions[0].urls[0], order=0)


def _music(sound: Sound) -> Music:
    return Music(id=sound.id, title=sound.title, author=sound.author)
