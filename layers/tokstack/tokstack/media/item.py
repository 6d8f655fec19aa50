"""One file of a post or page, as an answer tells of it (items.py makes them)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One file. `type` is video, audio, image or text (a subtitle, whose `title` is its language)."""

    name: str
    type: str
    media_type: str
    site: str
    title: str | None = None
    thumbnail: str | None = None
