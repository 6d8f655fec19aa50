"""An audio, made of a sound: the one place where it is."""

import re
from urllib.parse import parse_qs, quote, urlsplit

from tokstack.api.social.objects import Audio, Image
from tokstack.api.social.people import artists
from tokstack.posts.models import Sound

_UNTITLED = "original sound"  # what TikTok calls a sound that nobody named
_MEDIA_TYPES = {"mp3": "audio/mpeg", "audio_mpeg": "audio/mpeg", "m4a": "audio/mp4", "audio_mp4": "audio/mp4"}
_NO_WORD = re.compile(r"[^\w]+")


def audio(sound: Sound, *, url: str | None = None) -> Audio:
    """`url` is a better link to the file than the upstream's own."""
    name = sound.title or _UNTITLED
    page = _page(sound.id, name) if sound.id else None
    cover = Image(url=sound.cover_url) if sound.cover_url else None
    return Audio(
        id=page,
        name=name,
        duration=sound.duration or 0,
        url=url or sound.url,
        media_type=_media_type(sound.url) if sound.url else None,
        entity_id=sound.id,
        internal_id=sound.id,
        album=sound.album,
        is_original=sound.original,
        is_copyrighted=sound.copyrighted,
        video_count=sound.uses,
        attributed_to=artists(sound, page),
        icon=cover,
        image=[cover] if cover else None,
    )


def _page(sound_id: str, name: str) -> str:
    slug = quote(_NO_WORD.sub("-", name).strip("-")) or "sound"
    return f"https://www.tiktok.com/music/{slug}-{sound_id}"


def _media_type(url: str) -> str | None:
    """As the link says, in its query or by its file's name."""
    parts = urlsplit(url)
    named = parse_qs(parts.query).get("mime_type", [parts.path.rpartition(".")[2]])
    return _MEDIA_TYPES.get(named[0].lower())
