"""The files of a post, by name.

video               the best one without watermark
video-720-h264      each one without watermark, by short side and codec; a second of both is video-720-h264-2
watermark           the best one with TikTok's watermark
music               the sound
image-1, image-2 …  the slides of a slideshow, in order
live-1, live-2 …    the moving part of a slide that is a live photo
subtitle-1 …        its subtitles, those that are WebVTT
"""

from collections.abc import Iterator

from tokstack.posts.models import Codec, Post, Rendition, Subtitle

# h264 plays everywhere; what no upstream named is h264 more often than not.
_CODECS = (Codec.H264, None, Codec.H265)
_FAMILIES = {
    "video": "video",
    "watermark": "video",
    "live": "video",
    "music": "audio",
    "image": "image",
    "subtitle": "text",
}
_WEBVTT = "webvtt"


def names(post: Post) -> tuple[str, ...]:
    """Every file that this post is known to have."""
    return tuple(_files(post))


def urls(post: Post, name: str) -> tuple[str, ...]:
    """Where upstreams keep the file `name`, best first; empty where the post has no such file."""
    return _files(post).get(name, ())


def family(name: str) -> str:
    """The kind of file that `name` is: video, audio, image or text."""
    return _FAMILIES[name.partition("-")[0]]


def videos(post: Post) -> dict[str, Rendition]:
    """Every video file without watermark under its own name, best first."""
    named: dict[str, Rendition] = {}
    for rendition in _ranked(post, watermark=False):
        shape = f"video-{rendition.short_side}-{rendition.codec or 'unknown'}"
        same = sum(1 for name in named if name == shape or name.startswith(f"{shape}-"))
        named[f"{shape}-{same + 1}" if same else shape] = rendition
    return named


def subtitles(post: Post) -> tuple[Subtitle, ...]:
    """Those that can be embedded, in the order of their names."""
    return tuple(subtitle for subtitle in post.subtitles if subtitle.format == _WEBVTT)


def _files(post: Post) -> dict[str, tuple[str, ...]]:
    files = {
        "video": _best(_ranked(post, watermark=False)),
        "watermark": _best(_ranked(post, watermark=True)),
        "music": (post.sound.url,) if post.sound and post.sound.url else (),
    }
    files |= {name: rendition.urls for name, rendition in videos(post).items()}
    for number, slide in enumerate(post.slides, 1):
        files |= {f"image-{number}": slide.urls, f"live-{number}": slide.live_urls}
    files |= {f"subtitle-{number}": (subtitle.url,) for number, subtitle in enumerate(subtitles(post), 1)}
    return {name: mirrors for name, mirrors in files.items() if mirrors}


def _ranked(post: Post, *, watermark: bool) -> list[Rendition]:
    def rank(rendition: Rendition) -> tuple[int, int, int]:
        return _CODECS.index(rendition.codec), -rendition.short_side, -(rendition.bitrate or 0)

    return sorted((rendition for rendition in post.renditions if rendition.watermark == watermark), key=rank)


def _best(ranked: list[Rendition]) -> tuple[str, ...]:
    """The mirrors of the best file, then those of the best of each further codec: some links lead nowhere."""
    return tuple(dict.fromkeys(url for rendition in _first_of_each_codec(ranked) for url in rendition.urls))


def _first_of_each_codec(ranked: list[Rendition]) -> Iterator[Rendition]:
    seen = set()
    for rendition in ranked:
        if rendition.codec not in seen:
            seen.add(rendition.codec)
            yield rendition
