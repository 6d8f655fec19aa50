"""The web naming family: a post's `itemStruct`, a person's `userInfo`, and the HTML pages that carry them.

Pages write some numbers as text that lists write as numbers; both are as recorded.
"""

import html
import json
import random
from collections.abc import Mapping
from functools import cache
from typing import Any

from local.upstream import links
from local.upstream.catalog import Post, Rendition, Sound
from local.upstream.media import RATE, Library
from local.upstream.people import Person

JSON = dict[str, Any]
GEARS = {
    ("h264", "540"): ("normal_540_0", 20),
    ("h264", "720"): ("normal_720_0", 10),
    ("h265", "540"): ("adapt_540_1", 28),
    ("h265", "720"): ("adapt_lower_720_1", 14),
    ("h265", "1080"): ("adapt_lowest_1080_1", 2),
}
_STATE_ID = "__UNIVERSAL_DATA_FOR_REHYDRATION__"
_TITLE = "TikTok - Make Your Day"


def post_page(post: Post, library: Library, now: float) -> bytes:
    """The page of a post, or of why it is not shown."""
    scope = {"seo.abtest": {"canonical": post.url}, "webapp.video-detail": post_detail(post, library, now)}
    if post.refusal and post.refusal.message:
        return web_document(scope, seed=post.id)
    caption = post.caption.replace("\0", "")
    return web_document(scope, seed=post.id, title=f"{post.author.name} on TikTok", description=caption)


def post_detail(post: Post, library: Library, now: float) -> JSON:
    if post.refusal and post.refusal.status:
        return refusal(post.refusal.status, post.refusal.message)
    item = item_struct(post, library, now)
    if post.refusal:  # shown, but only to those who log in
        item = {key: value for key, value in item.items() if key not in ("video", "music")} | {
            "isContentClassified": True
        }
    share = {"title": f"{post.author.name} on TikTok", "desc": post.caption}
    return {"itemInfo": {"itemStruct": item}, "shareMeta": share, "statusCode": 0, "statusMsg": ""}


def refusal(status: int, message: str) -> JSON:
    """A refused post's whole `webapp.video-detail`: there is no `itemInfo`."""
    return {"statusCode": status, "statusMsg": message}


def soft_block() -> JSON:
    """All is well, and there is nothing: a refusal in disguise."""
    return {"itemInfo": {"itemStruct": {}}, "statusCode": 0, "statusMsg": ""}


def profile_page(person: Person, posts: int, library: Library, now: float) -> bytes:
    status = 10222 if person.private or person.false_alarm else 0
    info = {"user": user(person, library, now), **_user_stats(person, posts), "itemList": []}
    detail = {"userInfo": info, "statusCode": status, "statusMsg": "", "needFix": False}
    scope = {
        "seo.abtest": {"canonical": f"https://www.tiktok.com/@{person.handle}"},
        "webapp.user-detail": detail
        | {"shareMeta": {"title": f"{person.name} on TikTok", "desc": f"@{person.handle}"}},
    }
    title = f"{person.name} (@{person.handle}) | TikTok"
    return web_document(scope, seed=person.handle, title=title, description=person.bio)


def item_struct(post: Post, library: Library, now: float, *, listed: bool = False) -> JSON:
    number = int if listed else str
    counters = post.counters
    stats = {
        "diggCount": counters.likes,
        "shareCount": counters.shares,
        "commentCount": counters.comments,
        "playCount": counters.plays,
        "collectCount": number(counters.saves),
    }
    item = {
        "id": post.id,
        "desc": post.caption,
        "createTime": number(post.created),
        "scheduleTime": 0,
        "video": _video(post, library, now, listed=listed),
        "author": user(post.author, library, now),
        "music": _music(post.sound, library, now, listed=listed),
        "challenges": [{"id": _tag_id(tag), "title": tag, "desc": "", "coverLarger": ""} for tag in post.hashtags],
        "stats": stats,
        "statsV2": {name: str(value) for name, value in stats.items()} | {"repostCount": "0"},
        "textExtra": text_extra(post),
        "originalItem": False,
        "privateItem": False,
        "secret": False,
        "forFriend": False,
        "duetEnabled": True,
        "shareEnabled": True,
        "itemCommentStatus": 0,
        "isAd": post.is_ad,
        "contents": [{"desc": post.caption, "textExtra": text_extra(post)}] if post.caption else [],
        "diversificationLabels": ["Entertainment"],
        "item_control": {"can_share": True, "can_comment": True, "can_repost": True},
        "IsAigc": False,
        "AIGCDescription": "",
        "CategoryType": 101,
        "textLanguage": post.author.language,
        "textTranslatable": True,
        "isReviewing": False,
    }
    if post.images:
        item["imagePost"] = _image_post(post, library, now)
    if listed and post.pinned:
        item["isPinnedItem"] = True
    if not listed:
        item["locationCreated"] = post.region
    return item | _author_stats(post.author)


def text_extra(post: Post) -> list[JSON]:
    """Hashtags and people of a caption with their places in it, in UTF-16 units as TikTok counts."""
    found, at = [], 0
    for word in post.caption.split():
        at = post.caption.index(word, at)
        start = len(post.caption[:at].encode("utf-16-le")) // 2
        place = {"awemeId": "", "start": start, "end": start + len(word.encode("utf-16-le")) // 2, "subType": 0}
        at += len(word)
        if word.startswith("#"):
            found.append({**place, "hashtagName": word[1:], "hashtagId": _tag_id(word), "type": 1, "isCommerce": False})
        elif word.startswith("@"):
            found.append({**place, "hashtagName": "", "type": 0, "userUniqueId": word[1:], "secUid": ""})
    return found


def user(person: Person, library: Library, now: float) -> JSON:
    avatar = library[person.avatar]
    sizes = {"Larger": 1080, "Medium": 720, "Thumb": 100}
    account = {
        "id": person.id,
        "shortId": "",
        "uniqueId": person.handle,
        "nickname": person.name,
        **{
            f"avatar{name}": links.image(person.id, avatar, now, f"tplv-tiktokx-cropcenter:{size}:{size}")
            for name, size in sizes.items()
        },
        "signature": person.bio,
        "createTime": person.created,
        "verified": person.verified,
        "secUid": person.sec_uid,
        "ftc": False,
        "relation": 0,
        "openFavorite": False,
        "privateAccount": person.private,
        "secret": person.private,
        "isADVirtual": False,
        "ttSeller": False,
        "downloadSetting": 0,
    }
    return account | ({"bioLink": {"link": person.bio_url, "risk": 0}} if person.bio_url else {})


def web_document(scope: Mapping[str, Any], *, seed: str, title: str = _TITLE, description: str = "") -> bytes:
    """A page of the web app around its state: 200–500 KB, of which what was asked for is a small part."""
    rng = random.Random(seed)  # noqa: S311
    words = {f"common_{n}": _noise()[n * 60 : n * 60 + 50] for n in range(rng.randint(1000, 3000))}
    state = {
        "webapp.app-context": {"language": "en", "region": "US", "appId": 1988, "wid": str(rng.getrandbits(62))},
        "webapp.i18n-translation": words,
        **scope,
        "webapp.a-b": {"parameters": {f"flag_{n}": {"vid": f"v{n % 4}"} for n in range(600)}},
    }
    return document(
        _STATE_ID,
        {"__DEFAULT_SCOPE__": state},
        title=title,
        description=description,
        furniture=rng.randrange(100_000, 250_000),
    )


def document(
    state_id: str, state: Mapping[str, Any], *, title: str, description: str = "", furniture: int = 0
) -> bytes:
    """An HTML page with `furniture` bytes of scripts and, as the script `state_id`, its state."""
    noise = _noise()[:furniture]
    meta = "".join(
        f'<meta property="{name}" content="{html.escape(content)}" data-rh="true">'
        for name, content in (("og:site_name", "TikTok"), ("og:title", title), ("og:description", description))
    )
    scripts = "".join(f"<script nonce>{noise[at : at + 9000]}</script>" for at in range(0, len(noise), 9000))
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8"><title>{html.escape(title)}</title>{meta}{scripts}'
        f'</head><body><div id="app"></div><script id="{state_id}" type="application/json">{embedded(state)}</script>'
        "</body></html>"
    ).encode()


def embedded(state: Any) -> str:
    """JSON as it may stand in a script: no slash and no < of its own."""
    text = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
    return text.replace("/", "\\u002F").replace("<", "\\u003C")


@cache
def _noise() -> str:
    """250 KB that pack about as well as minified JavaScript does."""
    rng = random.Random("furniture")  # noqa: S311
    names = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(1, 9))) for _ in range(900)]
    return "".join(f"{rng.choice(names)}({rng.choice(names)},{rng.randrange(99)});" for _ in range(18_000))[:250_000]


def _video(post: Post, library: Library, now: float, *, listed: bool) -> JSON:
    number = int if listed else str
    cover = {name: links.image(post.id, library[cover_file(post)], now, "tplv-tiktokx-origin") for name in COVERS}
    if post.images:
        sound = _sound_url(post.sound, library, now, listed=listed)
        nothing = {"height": 0, "width": 0, "duration": 0, "ratio": "", "bitrate": 0, "format": "", "codecType": ""}
        return {"id": post.id, **nothing, **cover, "playAddr": sound, "downloadAddr": "", "subtitleInfos": []}
    best = library[post.renditions[0].file]
    mark = library[f"{post.clip}/watermark-540.mp4"]
    video = {
        "id": post.id,
        "height": best.height,
        "width": best.width,
        "duration": post.seconds,
        "ratio": "540p",
        **cover,
        "playAddr": links.web(post.id, best, now)[0],
        "downloadAddr": links.web(post.id, mark, now)[0],
        "shareCover": [""],
        "bitrate": best.bitrate,
        "encodedType": "normal",
        "format": "mp4",
        "videoQuality": "normal",
        "codecType": "h264" if best.codec == "h264" else "h265_hvc1",
        "definition": "540p",
        "subtitleInfos": _subtitles(post, library, now, number) if post.subtitles else [],
        "volumeInfo": {"Loudness": -16.5, "Peak": 0.87},
        "bitrateInfo": [_bitrate_info(post, rendition, library, now, number) for rendition in post.renditions],
        "size": number(best.bytes),
        "videoID": links.video_uri(post.id),
        "zoomCover": {
            side: links.image(post.id, library[cover_file(post)], now, f"tplv-zoomcover:{side}:{side}")
            for side in ("240", "480", "720", "960")
        },
    }
    if not post.watermark:
        del video["downloadAddr"]
    return video


COVERS = ("cover", "originCover", "dynamicCover")


def cover_file(post: Post) -> str:
    """The still that stands for a post: its first slide, or any picture."""
    return f"{post.images[0]}.jpeg" if post.images else f"picture-{1 + int(post.id) % 12}.jpeg"


def _bitrate_info(post: Post, rendition: Rendition, library: Library, now: float, number: type) -> JSON:
    file = library[rendition.file]
    codec, side = rendition.file.removesuffix(".mp4").split("/")[1].split("-")
    gear, quality = GEARS[codec, side]
    urls = links.web(post.id, file, now)
    if rendition.broken:
        urls = [url.replace("/?", "/media-video-hvc1/?") for url in urls]
    coded = "h264" if codec == "h264" else "bytevc1"
    return {
        "Bitrate": file.bitrate,
        "QualityType": quality,
        "BitrateFPS": RATE,
        "GearName": gear,
        "PlayAddr": {
            "DataSize": number(file.bytes),
            "Width": file.width,
            "Height": file.height,
            "Uri": links.video_uri(post.id),
            "UrlList": urls,
            "UrlKey": f"{links.video_uri(post.id)}_{coded}_{side}p_{file.bitrate}",
            "FileHash": links.video_uri(file.name)[12:],
            "FileCs": "c:0-42483-0bcb",
        },
        "CodecType": "h264" if codec == "h264" else "h265_hvc1",
        "Format": "mp4",
        "MVMAF": "",
        "VideoExtra": '{"audio_bit_rate":64180}',
    }


def _subtitles(post: Post, library: Library, now: float, number: type) -> list[JSON]:
    file = library["captions.vtt"]
    language = f"{post.author.language}-{post.author.region}"
    return [
        {
            "UrlExpire": number(int(now) + links.WEB_LIFE),
            "Size": number(file.bytes),
            "LanguageID": "2",
            "LanguageCodeName": code,
            "Url": links.cdn(post.id + code, file, now, links.WEB_LIFE, mirror="v16-webapp"),
            "Format": "webvtt",
            "Version": version,
            "Source": source,
        }
        for code, version, source in ((language, "1:whisper_lid", "ASR"), ("ind-ID", "4", "MT"))
    ]


def _image_post(post: Post, library: Library, now: float) -> JSON:
    def slide(stem: str) -> JSON:
        jpeg, webp = library[f"{stem}.jpeg"], library[f"{stem}.webp"]
        urls = [links.image(post.id, jpeg, now, mirror=mirror) for mirror in ("p19", "p16")]
        urls.insert(0, links.image(post.id, webp, now))
        return {"imageURL": {"urlList": urls}, "imageWidth": jpeg.width, "imageHeight": jpeg.height}

    images = [slide(stem) for stem in post.images]
    return {"images": images, "cover": images[0], "shareCover": images[0], "title": ""}


def _music(sound: Sound, library: Library, now: float, *, listed: bool) -> JSON:
    cover = links.image(sound.id, library["avatar-1.jpeg"], now, "tplv-tiktokx-cropcenter:720:720")
    return {
        "id": sound.id,
        "title": sound.title,
        "playUrl": _sound_url(sound, library, now, listed=listed),
        "coverLarge": cover,
        "coverMedium": cover,
        "coverThumb": cover,
        "authorName": sound.author,
        "original": sound.original,
        "private": False,
        "duration": library[sound.file].seconds if sound.file else 0,
        "album": sound.album,
        "isCopyrighted": False,
    }


def _sound_url(sound: Sound, library: Library, now: float, *, listed: bool) -> str:
    life = links.SHORT_LIFE if listed else links.PAGE_SOUND_LIFE
    return links.cdn(sound.id, library[sound.file], now, life) if sound.file else ""


def _user_stats(person: Person, posts: int) -> JSON:
    """As a profile page has them: `stats` rounded, `statsV2` exact."""
    exact = _counts(person, posts)
    rounded = {name: value if value < 10_000 else value // 100 * 100 for name, value in exact.items()}
    return {"stats": rounded, "statsV2": {name: str(value) for name, value in exact.items()}}


def _author_stats(person: Person) -> JSON:
    exact = _counts(person, person.posts)
    return {"authorStats": exact, "authorStatsV2": {name: str(value) for name, value in exact.items()}}


def _counts(person: Person, posts: int) -> dict[str, int]:
    return {
        "followerCount": person.followers,
        "followingCount": person.following,
        "heart": person.likes,
        "heartCount": person.likes,
        "videoCount": posts,
        "diggCount": person.likes_given,
        "friendCount": 0,
    }


def _tag_id(tag: str) -> str:
    return str(sum(tag.encode()) * 7919)
