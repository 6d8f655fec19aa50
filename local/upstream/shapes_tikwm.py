"""tikwm.com: posts, users and their posts, each in its `{code, msg, data}` envelope."""

from collections.abc import Sequence

from local.upstream import links
from local.upstream.catalog import Post, Sound
from local.upstream.links import Mint
from local.upstream.people import Person
from local.upstream.shapes_item import JSON, cover_file, user

LIMITED = "Free Api Limit: 1 request/second."
NOT_FOUND = "Url parsing is failed! Please check url."
NO_USER = "unique_id is invalid"
_NO_SOUND = {
    "id": "",
    "title": "",
    "play": "",
    "cover": "",
    "author": "",
    "original": False,
    "duration": 0,
    "album": "",
}


def success(data: JSON) -> JSON:
    return {"code": 0, "msg": "success", "processed_time": 0.4496, "data": data}


def failure(message: str) -> JSON:
    return {"code": -1, "msg": message, "processed_time": 0.1}


def detail(post: Post, mint: Mint, *, hd: bool) -> JSON:
    """A post; `hd` asks for the largest file too, which slides do not have."""
    data = {"id": post.id, **_common(post, mint)}
    if hd and post.clip:
        best = max(map(mint.file, post.playable), key=lambda file: file.width * file.height)
        data |= {"hdplay": mint.cdn(post.id, best.name, links.SHORT_LIFE), "hd_size": best.bytes}
    if any(post.lives):
        data["live_images"] = [mint.cdn(post.id, name, links.SHORT_LIFE) if name else None for name in post.lives]
    return data


def user_posts(posts: Sequence[Post], mint: Mint, *, more: bool) -> JSON:
    cursor = str(posts[-1].created * 1000) if posts else "0"
    return {"videos": [row(post, mint) for post in posts], "cursor": cursor, "hasMore": more}


def user_info(person: Person, posts: int, mint: Mint) -> JSON:
    stats = {
        "followingCount": person.following,
        "followerCount": person.followers,
        "heartCount": person.likes,
        "videoCount": posts,
        "diggCount": person.likes_given,
        "heart": person.likes,
    }
    return {"user": user(person, mint), "stats": stats}


def row(post: Post, mint: Mint) -> JSON:
    """A post within a list: no largest file, and the watermarked one is the clean one again."""
    common = _common(post, mint)
    return {"video_id": post.id, **common, "wmplay": common["play"], "wm_size": 0, "is_top": int(post.pinned)}


def _common(post: Post, mint: Mint) -> JSON:
    counters, author, sound = post.counters, post.author, post.sound
    cover = mint.image(post.id, cover_file(post), "tplv-tiktokx-cropcenter-q:300:400:q70")
    music = mint.music_object(sound.id, sound.file) if sound.file else ""
    return {
        "region": post.region,
        "title": post.caption,
        "content_desc": [],
        **dict.fromkeys(("cover", "ai_dynamic_cover", "origin_cover"), cover),
        **(_slides(post, music, mint) if post.images else _video(post, mint)),
        "music": music,
        "music_info": music_info(sound, mint),
        "play_count": counters.plays,
        "digg_count": counters.likes,
        "comment_count": counters.comments,
        "share_count": counters.shares,
        "download_count": counters.downloads,
        "collect_count": counters.saves,
        "create_time": post.created,
        "anchors": None,
        "anchors_extras": "",
        "is_ad": post.is_ad,
        "commerce_info": {"adv_promotable": False, "auction_ad_invited": False, "branded_content_type": 0},
        "commercial_video_info": "",
        "item_comment_settings": 0,
        "mentioned_users": "",
        "author": {
            "id": author.id,
            "unique_id": author.handle,
            "nickname": author.name,
            "avatar": mint.image(author.id, author.avatar, "tplv-tiktokx-cropcenter-q:300:300:q70"),
        },
    }


def _slides(post: Post, music: str, mint: Mint) -> JSON:
    """`play` and `wmplay` are their sound."""
    images = [mint.image(post.id, f"{stem}.jpeg") for stem in post.images]
    return {"duration": 0, "play": music, "wmplay": music, "size": 0, "wm_size": 0, "images": images}


def _video(post: Post, mint: Mint) -> JSON:
    clean, watermarked = post.playable[0], post.watermarked
    return {
        "duration": post.seconds,
        "play": mint.cdn(post.id, clean, links.SHORT_LIFE),
        "wmplay": mint.cdn(post.id, watermarked, links.SHORT_LIFE),
        "size": mint.file(clean).bytes,
        "wm_size": mint.file(watermarked).bytes,
    }


def music_info(sound: Sound, mint: Mint) -> JSON:
    """A sound; of one that was removed nothing is told."""
    if not sound.file:
        return _NO_SOUND
    return {
        "id": sound.id,
        "title": sound.title,
        "play": mint.music_object(sound.id, sound.file),
        "cover": mint.image(sound.id, "avatar-1.jpeg", "tplv-tiktokx-cropcenter-q:1080:1080:q70"),
        "author": sound.author,
        "original": sound.original,
        "duration": mint.file(sound.file).seconds,
        "album": sound.album,
    }
