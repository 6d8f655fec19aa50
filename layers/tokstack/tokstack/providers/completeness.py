"""What a post still lacks, and one post made of two upstreams' answers about it.

A name is a field of Post, a dotted field of its author or sound, or one of these short forms:

    media     what is to be fetched: a video's renditions or a slideshow's slides
    lives     the moving parts of a slideshow's slides, of which most have none and few upstreams tell
    subtitles of a video, of which most have none
    author    whose it is: author.handle
    sound     the sound as a file: sound.url

Any other empty list is a value: a post without hashtags lacks none.
"""

from collections.abc import Collection
from typing import Any, TypeVar

from pydantic import BaseModel

from tokstack.posts.models import Kind, Post, Slide

Model = TypeVar("Model", bound=BaseModel)

_LONG_FORMS = {"author": "author.handle", "sound": "sound.url"}
_MEDIA = ("kind", "renditions", "slides", "cookies")  # of one answer or of the other: links need their own cookies


def missing(post: Post | None, names: Collection[str]) -> frozenset[str]:
    """Those of `names`, in their long forms, that the post has no value for; of no post at all, every one."""
    long_forms = (_LONG_FORMS.get(name, name) for name in names)
    return frozenset(name for name in long_forms if post is None or not _has(post, name))


def merge(post: Post, other: Post) -> Post:
    """`post`, with what it lacks taken from `other`'s answer about the same post."""
    merged = fill(post, other)
    media = post if has_media(post) else other
    merged = merged.model_copy(update={name: getattr(media, name) for name in _MEDIA})
    return merged.model_copy(update={"slides": _with_lives(merged.slides, other.slides)})


def fill(model: Model, other: Model) -> Model:
    """Field by field, and nested models likewise; an empty list says no more than None."""
    values: dict[str, Any] = {}
    for name in type(model).model_fields:
        mine, theirs = getattr(model, name), getattr(other, name)
        if isinstance(mine, BaseModel) and isinstance(theirs, BaseModel):
            values[name] = fill(mine, theirs)
        else:
            values[name] = theirs if mine is None or mine in ((), {}) else mine
    return model.model_copy(update=values)


def has_media(post: Post) -> bool:
    return bool(post.renditions or post.slides)


def _with_lives(slides: tuple[Slide, ...], others: tuple[Slide, ...]) -> tuple[Slide, ...]:
    """Slides with the moving parts that the other answer knows; none where it counts other slides."""
    if len(slides) != len(others):
        return slides
    return tuple(
        slide if slide.live_urls else slide.model_copy(update={"live_urls": other.live_urls})
        for slide, other in zip(slides, others, strict=True)
    )


def _has(post: Post, name: str) -> bool:
    if name == "media":
        return has_media(post)
    if name == "lives":
        return post.kind is Kind.VIDEO or any(slide.live_urls for slide in post.slides)
    if name == "subtitles":
        return post.kind is Kind.SLIDES or bool(post.subtitles)
    value: Any = post
    for step in name.split("."):
        value = getattr(value, step) if value is not None else None
    return value is not None
