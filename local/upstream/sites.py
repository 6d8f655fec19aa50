"""The other sites: what is at which URL, and what our answer must be. Served by `site_web`.

host                    what it has
og.video.example        a page that names its video for other sites (`og:video`)
tag.video.example       pages with `<video>`, one and two of them
files.example           bare files, good ones and ones that are not what they seem
hls.video.example       HLS: a page, a film in two sizes and 12 segments, an encrypted, a protected and a live one
dash.video.example      DASH: a film in two sizes, its sound apart
podcast.example         a feed of 60 episodes
members.example         a page whose cookie and address its video asks for
text.example            a page without media
status.example          pages that are refused: /404, /410 and so on
broken.example          a file that is shorter than was promised; a page whose video is not there
endless.example         a page and a file without an end
trap.example            a redirect, a page's video and a list's segments, all to `?to=`: an address of nobody's business
"""

from typing import NamedTuple
from urllib.parse import quote

METADATA = "http://169.254.169.254/latest/meta-data/"
EPISODES = 60


class Site(NamedTuple):
    """`items` are the types of its files; `error` is the page's, `file_error` its first file's."""

    url: str
    what: str
    items: tuple[str, ...] = ()
    error: str | None = None
    file_error: str | None = None


def trap(kind: str, to: str = METADATA) -> str:
    return f"https://trap.example/{kind}?to={quote(to, safe='')}"


_VIDEO, _SOUND, _IMAGE = ("video/mp4",), ("audio/mpeg",), ("image/jpeg",)

SITES = (
    Site("https://og.video.example/watch/1", "a page with og:video", _VIDEO),
    Site("https://tag.video.example/clip", "a page with <video>", _VIDEO),
    Site("https://tag.video.example/pair", "a page with two of them", _VIDEO * 2),
    Site("https://files.example/clip.mp4", "a video", _VIDEO),
    Site("https://files.example/hevc.mp4", "a video in H.265", _VIDEO),
    Site("https://files.example/silent.mp4", "a video without sound", _VIDEO),
    Site("https://files.example/song.mp3", "a sound", _SOUND),
    Site("https://files.example/picture.jpg", "an image", _IMAGE),
    Site("https://files.example/huge.png", "a tiny file that is an image of 16000 x 16000", ("image/png",)),
    Site("https://files.example/ten-hours.mp4", "a tiny file that is a video of ten hours", _VIDEO),
    Site("https://files.example/truncated.mp4", "half of a video", _VIDEO),
    Site("https://files.example/empty.mp4", "a video of no bytes", error="upstream_empty"),
    Site("https://files.example/page.mp4", "a page that calls itself a video", error="unsupported_media"),
    Site("https://files.example/playlist.mp4", "an HLS list that calls itself a video", error="unsupported_media"),
    Site("https://hls.video.example/film", "a page with HLS", _VIDEO),
    Site("https://hls.video.example/film/master.m3u8", "HLS in two sizes", _VIDEO),
    Site("https://hls.video.example/film/low/index.m3u8", "HLS in one size", _VIDEO),
    Site("https://hls.video.example/locked/index.m3u8", "HLS under AES-128", _VIDEO),
    Site("https://hls.video.example/protected.m3u8", "HLS under DRM", error="unsupported_media"),
    Site("https://hls.video.example/live.m3u8", "a live stream", error="unsupported_media"),
    Site("https://dash.video.example/film.mpd", "DASH, the sound apart", _VIDEO),
    Site("https://podcast.example/feed.xml", "a feed of 60, of which 50 are given", _SOUND * 50),
    Site("https://members.example/watch", "a page whose video asks for its cookie", _VIDEO),
    Site("https://members.example/clip.mp4", "that video without the cookie", error="upstream_challenge"),
    Site("https://text.example/article", "a page without media", error="unsupported_media"),
    Site("https://status.example/401", "a page behind a login", error="post_private"),
    Site("https://status.example/403", "a page that is refused", error="upstream_challenge"),
    Site("https://status.example/404", "a page that is not there", error="post_not_found"),
    Site("https://status.example/410", "a page that was removed", error="post_deleted"),
    Site("https://status.example/429", "a site that was asked too often", error="upstream_rate_limited"),
    Site("https://status.example/451", "a page that is withheld in some regions", error="region_blocked"),
    Site("https://status.example/500", "a site that is broken", error="upstream_unavailable"),
    Site("https://broken.example/short.mp4", "less than was promised", _VIDEO, file_error="upstream_unavailable"),
    Site("https://broken.example/dead", "a page without its video", _VIDEO, file_error="upstream_unavailable"),
    Site("https://endless.example/page", "a page without an end", error="media_too_large"),
    Site("https://endless.example/clip.mp4", "a file without an end", _VIDEO, file_error="media_too_large"),
    Site(trap("redirect"), "a redirect to a private address", error="validation_error"),
    Site(trap("page"), "a page with a private link", _VIDEO, file_error="validation_error"),
    Site(trap("list.m3u8"), "HLS with private segments", _VIDEO, file_error="validation_error"),
)
