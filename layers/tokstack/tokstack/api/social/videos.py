"""A video, made of a post: the one place where it is. A slideshow is one too, with its slides as images."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote

from tokstack.api.social.objects import Audio, Image, Place, Tag, Video, VideoAttachment
from tokstack.api.social.people import person
from tokstack.api.social.sounds import audio
from tokstack.errors import Code, TokstackError
from tokstack.media import renditions
from tokstack.media.links import Links
from tokstack.posts.models import Kind, Post
from tokstack.posts.references import PostRef

MP4 = "video/mp4"


def video(post: Post, links: Links) -> Video:
    """Raises UPSTREAM_EMPTY where nobody tells when it was published."""
    address = PostRef(post.id, post.author.handle).url
    cover = Image(url=post.cover_url) if post.cover_url else None
    return Video(
        id=address,
        url=address,
        entity_id=post.id,
        internal_id=post.id,
        published=_published(post),
        content=post.caption,
        duration=post.duration,
        language=post.language,
        is_sponsored=post.is_ad,
        location=Place(name=post.region) if post.region else None,
        view_count=post.plays or 0,
        like_count=post.likes or 0,
        comment_count=post.comments or 0,
        repost_count=post.reposts or 0,
        share_count=post.shares or 0,
        save_count=post.saves or 0,
        attributed_to=person(post.author),
        tag=[_tag(name, post) for name in post.hashtags] or None,
        attachment=list(_attachments(post, links)) or None,
        image=_slides(post, links) or ([cover] if cover else None),
        preview=cover,
        audio=_audio(post, links),
    )


def file_name(post: Post, wanted: str | None = None) -> str:
    """Of the best file of a video, or of the one that is wanted. Raises UNSUPPORTED_MEDIA, ITEM_NOT_FOUND."""
    if post.kind is Kind.SLIDES:
        raise TokstackError(Code.UNSUPPORTED_MEDIA, "This post is a slideshow: it has no video file.")
    names = renditions.names(post)
    found = next((name for name in ((wanted,) if wanted else ("video", "watermark")) if name in names), None)
    if found is None:
        raise TokstackError(Code.ITEM_NOT_FOUND, "This post has no such file.")
    return found


def _published(post: Post) -> datetime:
    if post.created_at is None:
        raise TokstackError(Code.UPSTREAM_EMPTY, "No provider could tell when this post was published.")
    return post.created_at


def _tag(name: str, post: Post) -> Tag:
    address = f"https://www.tiktok.com/tag/{quote(name)}"
    number = post.hashtag_ids.get(name)
    return Tag(id=address, name=name, href=address, entity_id=number, internal_id=number)


def _attachments(post: Post, links: Links) -> Iterator[VideoAttachment]:
    """The files of a video, the best first. One whose size nobody told is called after its rank alone: another
    upstream, asked when the link is followed, would not know it by a name of its own.
    """
    named = [(name, rendition) for name, rendition in renditions.videos(post).items() if rendition.short_side]
    if not named and (rendition := next(iter(renditions.videos(post).values()), None)):
        named = [("video", rendition)]
    for name, rendition in named:
        yield VideoAttachment(
            name=name,
            url=[links.url(post.id, name)],
            media_type=MP4,
            codec=rendition.codec.value if rendition.codec else None,
            width=rendition.width,
            height=rendition.height,
            bitrate=rendition.bitrate,
        )
    if "watermark" in renditions.names(post):
        yield VideoAttachment(name="watermark", url=[links.url(post.id, "watermark")], media_type=MP4)


def _slides(post: Post, links: Links) -> list[Image]:
    return [
        Image(url=links.url(post.id, f"image-{number}"), width=slide.width, height=slide.height)
        for number, slide in enumerate(post.slides, 1)
    ]


def _audio(post: Post, links: Links) -> Audio | None:
    if post.sound is None:
        return None
    file = links.url(post.id, "music") if "music" in renditions.names(post) else None
    return audio(post.sound, url=file)
