"""tikwm.com: `/api/`, `/api/user/posts`, `/api/user/info`, each in its `{code, msg, data}` envelope."""

from collections.abc import Sequence

from local.upstream import links
from local.upstream.catalog import Post, Sound
from local.upstream.media import File, Library
from local.upstream.people import Person
from local.upstream.shapes_page import JSON, cover_file, user

LIMITED = "Free Api Limit: 1 request/second."
NOT_FOUND = "Url parsing is failed! Please check url."
NO_USER = "unique_id is invalid"


def success(data: JSON) -> JSON:
    return {"code": 0, "msg": "success", "processed_time": 0.4496, "data": data}


def failure(message: str) -> JSON:
    return {"code": -1, "msg": message, "processed_time": 0.1}


def detail(post: Post, library: Library, now: float, *, hd: bool) -> JSON:
    """A post; `hd` asks for the largest file too, which slides do not have."""
    files = _playable(post, library)
    best = max(files, key=lambda file: file.width * file.height) if hd and files else None
    size = {"hdplay": links.cdn(post.id, best, now, links.SHORT_LIFE), "hd_size": best.bytes} if best else {}
    live = [links.cdn(post.id, library[name], now, links.SHORT_LIFE) if name else None for name in post.lives]
    return {"id": post.id, **_common(post, library, now), **size, **({"live_images": live} if any(live) else {})}


def row(post: Post, library: Library, now: float) -> JSON:
    """A post within a list: no largest file, and the watermarked one is the clean one again."""
    common = _common(post, library, now)
    return {"video_id": post.id, **common, "wmplay": common["play"], "wm_size": 0, "is_top": int(post.pinned)}


def user_posts(posts: Sequence[Post], more: bool, library: Library, now: float) -> JSON:
    cursor = str(posts[-1].created * 1000) if posts else "0"
    return {"videos": [row(post, library, now) for post in posts], "cursor": cursor, "hasMore": more}


def user_info(person: Person, posts: int, library: Library, now: float) -> JSON:
    stats = {
        "followingCount": person.following,
        "followerCount": person.followers,
        "heartCount": person.likes,
        "videoCount": posts,
        "diggCount": person.likes_given,
        "heart": person.likes,
    }
    return {"user": user(person, library, now), "stats": stats}


def _common(post: Post, library: Library, now: float) -> JSON:
    counters, author = post.counters, post.author
    cover = links.image(post.id, library[cover_file(post)], now, "tplv-tiktokx-cropcenter-q:300:400:q70")
    music = links.music_object(post.sound.id, library[post.sound.file]) if post.sound.file else ""
    return {
        "region": post.region,
        "title": post.caption,
        "content_desc": [],
        "cover": cover,
        "ai_dynamic_cover": cover,
        "origin_cover": cover,
        **_files(post, music, library, now),
        "music": music,
        "music_info": _music_info(post.sound, music, library, now),
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
            "avatar": links.image(author.id, library[author.avatar], now, "tplv-tiktokx-cropcenter-q:300:300:q70"),
        },
    }


def _files(post: Post, music: str, library: Library, now: float) -> JSON:
    """Of slides, `play` and `wmplay` are their sound."""
    if post.images:
        images = [links.image(post.id, library[f"{stem}.jpeg"], now) for stem in post.images]
        return {"duration": 0, "play": music, "wmplay": music, "size": 0, "wm_size": 0, "images": images}
    clean = _playable(post, library)[0]
    mark = library[f"{post.clip}/watermark-540.mp4"]
    return {
        "duration": post.seconds,
        "play": links.cdn(post.id, clean, now, links.SHORT_LIFE),
        "wmplay": links.cdn(post.id, mark, now, links.SHORT_LIFE),
        "size": clean.bytes,
        "wm_size": mark.bytes,
    }


def _music_info(sound: Sound, play: str, library: Library, now: float) -> JSON:
    if not sound.file:
        return {
            "id": "",
            "title": "",
            "play": "",
            "cover": "",
            "author": "",
            "original": False,
            "duration": 0,
            "album": "",
        }
    return {
        "id": sound.id,
        "title": sound.title,
        "play": play,
        "cover": links.image(sound.id, library["avatar-1.jpeg"], now, "tplv-tiktokx-cropcenter-q:1080:1080:q70"),
        "author": sound.author,
        "original": sound.original,
        "duration": library[sound.file].seconds,
        "album": sound.album,
    }


def _playable(post: Post, library: Library) -> list[File]:
    return [library[rendition.file] for rendition in post.renditions if not rendition.broken]
