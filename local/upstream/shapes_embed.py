"""The embed pages: `/embed/v2/{id}` and `/embed/@{handle}`. Counts without the heavy page; no saves, no watermark."""

from collections.abc import Sequence

from local.upstream import links
from local.upstream.catalog import Post
from local.upstream.links import Mint
from local.upstream.people import Person
from local.upstream.shapes_item import JSON, cover_file
from local.upstream.shapes_page import document, embedded

NEWEST = 10  # posts that a person's embed shows
_FURNITURE = 60_000  # bytes


def post_embed(post: Post | None, asked: str, mint: Mint) -> bytes:
    path = f"/embed/v2/{asked}"
    if post is None or post.refusal:
        return page(path, error(10204))
    return page(path, {"videoData": _video_data(post, mint)})


def user_embed(person: Person | None, asked: str, posts: Sequence[Post]) -> bytes:
    path = f"/embed/@{asked}"
    if person is None or person.private:
        return page(path, error(10221 if person is None else 10222))
    newest = [{"id": post.id, "desc": post.caption, "playCount": post.counters.plays} for post in posts[:NEWEST]]
    info = {"uniqueId": person.handle, "nickname": person.name, "secUid": person.sec_uid}
    return page(path, {"userInfo": info, "videoList": newest})


def error(code: int) -> JSON:
    return {"isError": True, "errorCode": code, "errorStatus": 400}


def page(path: str, data: JSON) -> bytes:
    state = {"source": {"data": {path: data}}, "router": {"link": path}}
    return document("__FRONTITY_CONNECT_STATE__", embedded(state), _FURNITURE, title="TikTok")


def _video_data(post: Post, mint: Mint) -> JSON:
    counters, author, sound = post.counters, post.author, post.sound
    return {
        "itemInfos": {
            "id": post.id,
            "text": post.caption,
            "createTime": str(post.created),
            "covers": [mint.image(post.id, cover_file(post))],
            "playCount": counters.plays,
            "diggCount": counters.likes,
            "commentCount": counters.comments,
            "shareCount": counters.shares,
            "isAd": post.is_ad,
            "isECVideo": 0,
            "video": _video(post, mint),
        },
        "authorInfos": {
            "userId": author.id,
            "uniqueId": author.handle,
            "nickName": author.name,
            "covers": [mint.image(author.id, author.avatar, "tplv-tiktokx-cropcenter:720:720")],
        },
        "authorStats": {"followerCount": author.followers},
        "musicInfos": {
            "musicId": sound.id,
            "musicName": sound.title,
            "authorName": sound.author,
            "playUrl": [mint.cdn(sound.id, sound.file, links.PAGE_SOUND_LIFE)] if sound.file else [],
        },
        "challengeInfoList": [{"challengeId": "1", "challengeName": tag} for tag in post.hashtags],
        "imagePostInfo": _image_post_info(post, mint) if post.images else None,
    }


def _video(post: Post, mint: Mint) -> JSON:
    if post.images:
        return {"urls": [], "videoMeta": {"width": 0, "height": 0, "duration": 0}}
    file = mint.file(post.playable[0])
    meta = {"width": file.width, "height": file.height, "duration": post.seconds}
    return {"urls": [mint.cdn(post.id, file.name, links.WEB_LIFE)], "videoMeta": meta}


def _image_post_info(post: Post, mint: Mint) -> JSON:
    """Nothing recorded shows these names: they are a guess."""
    stills = [mint.image(post.id, f"{stem}.jpeg") for stem in post.images]
    return {"images": [{"displayImage": {"urlList": [still]}} for still in stills]}
