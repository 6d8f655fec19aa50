"""A person, made of an account: the one place where it is."""

from typing import Any

from tokstack.api.social.objects import FullPerson, Image, Link, Person
from tokstack.errors import Code, TokstackError
from tokstack.posts.models import Author, Sound

_SITE = "https://www.tiktok.com"


def person(author: Author) -> Person:
    """Who is shown to everyone is taken to be public, and not verified, unless it is told otherwise."""
    return Person(**_facts(author))


def profile(author: Author) -> FullPerson:
    """With all that the page of a person tells. Raises UPSTREAM_EMPTY where a figure or a name is not told."""
    needed = {
        "secUid": author.sec_uid,
        "username": author.handle,
        "followers": author.followers,
        "following": author.following,
        "likes": author.likes_received,
        "posts": author.posts,
    }
    unknown = [name for name, value in needed.items() if value is None]
    if unknown:
        raise TokstackError(Code.UPSTREAM_EMPTY, f"No provider could tell of this account: {', '.join(unknown)}.")
    facts = _facts(author)
    return FullPerson(**{**facts, "name": author.name or author.handle, "is_live": bool(author.live)})


def artists(sound: Sound, page: str | None) -> Person | list[Person] | None:
    """Whose a sound is. Of one who is told by name alone there is no page but the sound's own."""
    if sound.artists:
        known = [person(artist) for artist in sound.artists]
        return known[0] if len(known) == 1 else known
    if sound.author is None or page is None:
        return None
    return Person(id=f"{page}#author", url=page, name=sound.author, is_private=False, is_verified=False)


def address(author: Author) -> str:
    """Of its page: TikTok finds it by its handle, its secUid or its number."""
    return f"{_SITE}/@{author.handle or author.sec_uid or author.id or '_'}"


def _facts(author: Author) -> dict[str, Any]:
    page = address(author)
    return {
        "id": page,
        "url": page,
        "entity_id": author.sec_uid,
        "internal_id": author.sec_uid,
        "user_id": author.id,
        "name": author.name,
        "preferred_username": author.handle,
        "summary": author.bio,
        "attachment": [Link(href=_absolute(author.bio_url))] if author.bio_url else None,
        "published": author.created_at,
        "is_private": bool(author.private),
        "is_verified": bool(author.verified),
        "is_live": author.live,
        "has_likes": author.shows_likes,
        "has_playlists": author.shows_playlists,
        "follower_count": author.followers,
        "following_count": author.following,
        "like_count": author.likes_received,
        "liked_count": author.likes_given,
        "media_count": author.posts,
        "video_count": author.posts,
        "language": author.language,
        "icon": Image(url=author.avatar_url) if author.avatar_url else None,
    }


def _absolute(link: str) -> str:
    """Profiles have links without a scheme."""
    return link if link.startswith(("https://", "http://")) else f"https://{link}"
