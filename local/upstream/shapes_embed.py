"""The embed pages: `/embed/v2/{id}` and `/embed/@{handle}`. Counts without the heavy page; no saves, no watermark."""

from collections.abc import Sequence

from local.upstream import links
from local.upstream.catalog import Post
from local.upstream.media import Library
from local.upstream.people import Person
from local.upstream.shapes_page import JSON, cover_file, document

_STATE_ID = "__FRONTITY_CONNECT_STATE__"
NEWEST = 10  # posts that a person's embed shows


def post_embed(post: Post | None, asked: str, library: Library, now: float) -> bytes:
    path = f"/embed/v2/{asked}"
    if post is None or post.refusal:
        return page(path, {"isError": True, "errorCode": 10204, "errorStatus": 400})
    return page(path, {"videoData": _video_data(post, library, now)})


def user_embed(person: Person | None, asked: str, posts: Sequence[Post]) -> bytes:
    path = f"/embed/@{asked}"
    if person is None or person.private:
        return page(path, {"isError": True, "errorCode": 10221 if person is None else 10222, "errorStatus": 400})
    newest = [{"id": post.id, "desc": post.caption, "playCount": post.counters.plays} for post in posts[:NEWEST]]
    info = {"uniqueId": person.handle, "nickname": person.name, "secUid": person.sec_uid}
    return page(path, {"userInfo": info, "videoList": newest})


def page(path: str, data: JSON) -> bytes:
    state = {"source": {"data": {path: data}}, "router": {"link": path}}
    return document(_STATE_ID, state, title="TikTok", furniture=60_000)


def _video_data(post: Post, library: Library, now: float) -> JSON:
    counters, author, sound = post.counters, post.author, post.sound
    play_url = [links.cdn(sound.id, library[sound.file], now, links.PAGE_SOUND_LIFE)] if sound.file else []
    return {
        "itemInfos": {
            "id": post.id,
            "text": post.caption,
            "createTime": str(post.created),
            "playCount": counters.plays,
            "diggCount": counters.likes,
            "commentCount": counters.comments,
            "shareCount": counters.shares,
            "isAd": post.is_ad,
            "isECVideo": 0,
            "covers": [links.image(post.id, library[cover_file(post)], now)],
            "video": _video(post, library, now),
        },
        "authorInfos": {
            "userId": author.id,
            "uniqueId": author.handle,
            "nickName": author.name,
            "covers": [links.image(author.id, library[author.avatar], now, "tplv-tiktokx-cropcenter:720:720")],
        },
        "authorStats": {"followerCount": author.followers},
        "musicInfos": {"musicId": sound.id, "musicName": sound.title, "authorName": sound.author, "playUrl": play_url},
        "challengeInfoList": [{"challengeId": "1", "challengeName": tag} for tag in post.hashtags],
        "imagePostInfo": _images(post, library, now),
    }


def _video(post: Post, library: Library, now: float) -> JSON:
    if post.images:
        return {"urls": [], "videoMeta": {"width": 0, "height": 0, "duration": 0}}
    file = library[post.renditions[0].file]
    meta = {"width": file.width, "height": file.height, "duration": post.seconds}
    return {"urls": [links.cdn(post.id, file, now, links.WEB_LIFE)], "videoMeta": meta}


def _images(post: Post, library: Library, now: float) -> JSON | None:
    if not post.images:
        return None
    stills = [links.image(post.id, library[f"{stem}.jpeg"], now) for stem in post.images]
    return {"images": [{"displayImage": {"urlList": [still]}} for still in stills]}
