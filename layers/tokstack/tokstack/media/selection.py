"""Which of a post's files a conversion is made of. Pure.

A video is converted from the file that is nearest to what is asked: no larger than it must be, and no smaller
while a larger one is there. Sound alone needs no good picture, so the smallest file does.
"""

from collections.abc import Iterable

from tokstack.errors import Code, TokstackError
from tokstack.media import renditions
from tokstack.media.formats import Format, Options
from tokstack.posts.models import Codec, Kind, Post

MOST_SUBTITLES = 8


def of_post(post: Post, format: Format, options: Options, gif_width: int) -> tuple[str, ...]:
    """Names of files (renditions.py). Raises NO_AUDIO_TRACK where sound is asked of a slideshow without."""
    if post.kind is Kind.SLIDES:
        return _of_slides(post, format)
    subtitles: Iterable[str] = ()
    if format is Format.MP4 and options.subtitles:
        subtitles = [f"subtitle-{number}" for number, _ in enumerate(renditions.subtitles(post)[:MOST_SUBTITLES], 1)]
    found = videos(post, format, options, gif_width)
    return (found[0] if found else _best(post), *subtitles)


def _best(post: Post) -> str:
    """Of files whose size nobody named."""
    return "video" if "video" in renditions.names(post) else "watermark"


def _of_slides(post: Post, format: Format) -> tuple[str, ...]:
    music = [name for name in renditions.names(post) if name == "music"]
    if format.sound_only:
        if not music:
            raise TokstackError(Code.NO_AUDIO_TRACK, "This slideshow has no sound.")
        return tuple(music)
    shown = [f"live-{n}" if slide.live_urls else f"image-{n}" for n, slide in enumerate(post.slides, 1)]
    return (*shown, *music)


def videos(post: Post, format: Format, options: Options, gif_width: int) -> tuple[str, ...]:
    """The video files of a post by their names, the best one to convert from first; none whose size nobody named."""
    known = {name: video for name, video in renditions.videos(post).items() if video.short_side}

    def distance(name: str) -> tuple[float, ...]:
        video = known[name]
        if format.sound_only:
            return (video.bytes or video.short_side << 20,)
        too_small = side is not None and video.short_side < side
        size = -video.short_side if side is None or too_small else video.short_side
        return too_small, size, video.codec is not Codec.H264, -(video.bitrate or 0)

    side = options.video_quality
    if format is Format.GIF:
        side = min(side or gif_width, gif_width)
    return tuple(sorted(known, key=distance))
