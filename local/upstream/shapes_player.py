"""The player's items: `/player/api/v1/items`. No play count, no sound file, links without a cookie."""

from local.upstream import links
from local.upstream.catalog import Post
from local.upstream.media import RATE, File, Library
from local.upstream.shapes_page import GEARS, JSON, cover_file


def items(post: Post | None, asked: str, library: Library, now: float) -> JSON:
    """The answer for one id. A post that is gone, hidden or unknown is all the same here."""
    if post is None or post.refusal:
        return answer([], [{"id_str": asked, "code": "nil_core_data"}])
    return answer([_item(post, library, now)], [])


def busy(asked: str) -> JSON:
    """A failure of the moment."""
    return answer([], [{"id_str": asked, "code": "api_busy"}])


def answer(found: list[JSON], results: list[JSON]) -> JSON:
    extra: JSON = {"fatal_item_ids": []}
    return {"status_code": 0, "status_msg": "", "items": found, "results": results, "extra": extra}


def _item(post: Post, library: Library, now: float) -> JSON:
    counters, author = post.counters, post.author
    item = {
        "id_str": post.id,
        "desc": post.caption,
        "region": post.region,
        "aweme_type": 150 if post.images else 0,
        "author_info": {"unique_id": author.handle, "nickname": author.name, "secret_id": author.sec_uid},
        "statistics_info": {
            "digg_count": counters.likes,
            "comment_count": counters.comments,
            "share_count": counters.shares,
        },
        "music_info": {"title": post.sound.title},
    }
    return item | (_images(post, library, now) if post.images else _video(post, library, now))


def _video(post: Post, library: Library, now: float) -> JSON:
    files = [library[rendition.file] for rendition in post.renditions if not rendition.broken]
    cover = {"url_list": [links.image(post.id, library[cover_file(post)], now)]}
    meta = {"duration": post.seconds * 1000, "width": files[0].width, "height": files[0].height, "format": "mp4"}
    return {
        "video_info": {
            "uri": links.video_uri(post.id),
            "meta": meta,
            "cover": cover,
            "origin_cover": cover,
            "url_list": _urls(post, files[0], now),
            "profiles": [_profile(post, file, now) for file in files],
        }
    }


def _profile(post: Post, file: File, now: float) -> JSON:
    side = file.name.removesuffix(".mp4").split("-")[-1]
    return {
        "codec_type": "h264" if file.codec == "h264" else "h265_hvc1",
        "bitrate": file.bitrate,
        "fps": RATE,
        "gear_name": GEARS[file.codec, side][0],
        "play_addr": {
            "width": file.width,
            "height": file.height,
            "data_size": file.bytes,
            "uri": links.video_uri(post.id),
            "url_list": _urls(post, file, now),
        },
    }


def _images(post: Post, library: Library, now: float) -> JSON:
    def image(stem: str) -> JSON:
        jpeg = library[f"{stem}.jpeg"]
        display = {"url_list": [links.image(post.id, jpeg, now)], "width": jpeg.width, "height": jpeg.height}
        return {"display_image": display}

    return {"image_post_info": {"images": [image(stem) for stem in post.images]}}


def _urls(post: Post, file: File, now: float) -> list[str]:
    return [links.cdn(post.id, file, now, links.WEB_LIFE, mirror) for mirror in ("v16m", "v19")]
