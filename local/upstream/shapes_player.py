"""The player's items: `/player/api/v1/items`. No play count, no sound file, links without a cookie."""

from local.upstream import links
from local.upstream.catalog import Post
from local.upstream.links import Mint
from local.upstream.media import RATE
from local.upstream.shapes_item import JSON, cover_file, gear


def items(post: Post | None, asked: str, mint: Mint) -> JSON:
    """The answer for one id. A post that is gone, hidden or unknown is all the same here."""
    if post is None or post.refusal:
        return answer([], [{"id_str": asked, "code": "nil_core_data"}])
    return answer([_item(post, mint)], [])


def busy(asked: str) -> JSON:
    """A failure of the moment."""
    return answer([], [{"id_str": asked, "code": "api_busy"}])


def answer(found: list[JSON], results: list[JSON]) -> JSON:
    extra: JSON = {"fatal_item_ids": []}
    return {"status_code": 0, "status_msg": "", "items": found, "results": results, "extra": extra}


def _item(post: Post, mint: Mint) -> JSON:
    counters, author = post.counters, post.author
    return {
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
        **({"image_post_info": _image_post_info(post, mint)} if post.images else {"video_info": _video(post, mint)}),
    }


def _video(post: Post, mint: Mint) -> JSON:
    best = mint.file(post.playable[0])
    cover = {"url_list": [mint.image(post.id, cover_file(post))]}
    return {
        "uri": links.video_uri(post.id),
        "meta": {"duration": post.seconds * 1000, "width": best.width, "height": best.height, "format": "mp4"},
        "cover": cover,
        "origin_cover": cover,
        "url_list": _urls(post, best.name, mint),
        "profiles": [_profile(post, name, mint) for name in post.playable],
    }


def _profile(post: Post, name: str, mint: Mint) -> JSON:
    file = mint.file(name)
    codec, _, gear_name, _ = gear(name)
    return {
        "codec_type": "h264" if codec == "h264" else "h265_hvc1",
        "bitrate": file.bitrate,
        "fps": RATE,
        "gear_name": gear_name,
        "play_addr": {
            "width": file.width,
            "height": file.height,
            "data_size": file.bytes,
            "uri": links.video_uri(post.id),
            "url_list": _urls(post, name, mint),
        },
    }


def _image_post_info(post: Post, mint: Mint) -> JSON:
    def image(name: str) -> JSON:
        file = mint.file(name)
        return {"display_image": {"url_list": [mint.image(post.id, name)], "width": file.width, "height": file.height}}

    return {"images": [image(f"{stem}.jpeg") for stem in post.images]}


def _urls(post: Post, name: str, mint: Mint) -> list[str]:
    return [mint.cdn(post.id, name, links.WEB_LIFE, mirror) for mirror in ("v16m", "v19")]
