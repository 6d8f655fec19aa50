"""The web naming family: a post's `itemStruct` and a person's `userInfo`, which pages and lists share.

Pages write some numbers as text that lists write as numbers; both are as recorded.
"""

from collections.abc import Callable, Iterator
from typing import Any

from local.upstream import links
from local.upstream.catalog import Post, Rendition, Sound, tag_id
from local.upstream.links import Mint
from local.upstream.media import RATE
from local.upstream.people import Person

JSON = dict[str, Any]
Number = Callable[[int], int | str]
GEARS = {  # GearName and QualityType
    ("h264", "540"): ("normal_540_0", 20),
    ("h264", "720"): ("normal_720_0", 10),
    ("h265", "540"): ("adapt_540_1", 28),
    ("h265", "720"): ("adapt_lower_720_1", 14),
    ("h265", "1080"): ("adapt_lowest_1080_1", 2),
}
_ROUNDED_FROM = 10_000


def item_struct(post: Post, mint: Mint, *, listed: bool = False) -> JSON:
    number: Number = int if listed else str
    stats = _stats(post, number)
    item = {
        "id": post.id,
        "desc": post.caption,
        "createTime": number(post.created),
        "scheduleTime": 0,
        "video": _sound_as_video(post, mint, listed=listed) if post.images else _video(post, mint, number),
        "author": user(post.author, mint),
        "music": _music(post.sound, mint, listed=listed),
        "challenges": [{"id": tag_id(tag), "title": tag, "desc": "", "coverLarger": ""} for tag in post.hashtags],
        "stats": stats,
        "statsV2": {name: str(value) for name, value in stats.items()} | {"repostCount": "0"},
        "textExtra": list(_text_extra(post)),
        "contents": [{"desc": post.caption, "textExtra": list(_text_extra(post))}] if post.caption else [],
        "textLanguage": post.author.language,
        "textTranslatable": True,
        "isAd": post.is_ad,
        "diversificationLabels": ["Entertainment"],
        "item_control": {"can_share": True, "can_comment": True, "can_repost": True},
        "CategoryType": 101,
        "AIGCDescription": "",
        "itemCommentStatus": 0,
        **dict.fromkeys(("duetEnabled", "shareEnabled", "stitchEnabled"), True),
        **dict.fromkeys(("originalItem", "privateItem", "secret", "forFriend", "isReviewing", "IsAigc"), False),
        **_author_stats(post.author),
    }
    if post.images:
        item["imagePost"] = _image_post(post, mint)
    if not listed:
        item["locationCreated"] = post.region
    elif post.pinned:
        item["isPinnedItem"] = True
    return item


def user(person: Person, mint: Mint) -> JSON:
    sizes = {"Larger": 1080, "Medium": 720, "Thumb": 100}
    avatars = {
        f"avatar{name}": mint.image(person.id, person.avatar, f"tplv-tiktokx-cropcenter:{side}:{side}")
        for name, side in sizes.items()
    }
    account = {
        "id": person.id,
        "shortId": "",
        "uniqueId": person.handle,
        "nickname": person.name,
        **avatars,
        "signature": person.bio,
        "createTime": person.created,
        "verified": person.verified,
        "secUid": person.sec_uid,
        "privateAccount": person.private,
        "secret": person.private,
        "relation": 0,
        "downloadSetting": 0,
        "openFavorite": not person.likes_private,
        "language": person.language,
        **dict.fromkeys(("ftc", "isADVirtual", "ttSeller"), False),
    }
    return account | ({"bioLink": {"link": person.bio_url, "risk": 0}} if person.bio_url else {})


def user_stats(person: Person, posts: int) -> JSON:
    """As a profile page has them: `stats` rounded, `statsV2` exact."""
    exact = _counts(person, posts)
    rounded = {name: value if value < _ROUNDED_FROM else value // 100 * 100 for name, value in exact.items()}
    return {"stats": rounded, "statsV2": {name: str(value) for name, value in exact.items()}}


def cover_file(post: Post) -> str:
    """The still that stands for a post: its first slide, or any picture."""
    return f"{post.images[0]}.jpeg" if post.images else f"picture-{1 + int(post.id) % 12}.jpeg"


def gear(file_name: str) -> tuple[str, str, str, int]:
    """Codec, "540"-like size, GearName and QualityType of a rendition."""
    codec, side = file_name.removesuffix(".mp4").split("/")[1].split("-")
    return codec, side, *GEARS[codec, side]


def _stats(post: Post, number: Number) -> JSON:
    counters = post.counters
    return {
        "diggCount": counters.likes,
        "shareCount": counters.shares,
        "commentCount": counters.comments,
        "playCount": counters.plays,
        "collectCount": number(counters.saves),
    }


def _text_extra(post: Post) -> Iterator[JSON]:
    """Hashtags and people of a caption with their places in it, in UTF-16 units as TikTok counts."""
    at = 0
    for word in post.caption.split():
        at = post.caption.index(word, at)
        start = _units(post.caption[:at])
        at += len(word)
        place = {"awemeId": "", "start": start, "end": start + _units(word), "subType": 0, "isCommerce": False}
        if word.startswith("#"):
            yield {**place, "hashtagName": word[1:], "hashtagId": tag_id(word[1:]), "type": 1}
        elif word.startswith("@"):
            yield {**place, "hashtagName": "", "type": 0, "userUniqueId": word[1:], "secUid": ""}


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _covers(post: Post, mint: Mint) -> JSON:
    cover = mint.image(post.id, cover_file(post), "tplv-tiktokx-origin")
    return dict.fromkeys(("cover", "originCover", "dynamicCover"), cover)


def _sound_as_video(post: Post, mint: Mint, *, listed: bool) -> JSON:
    """The `video` of slides: no picture, and their sound as playAddr."""
    nothing = dict.fromkeys(("height", "width", "duration", "bitrate"), 0)
    empty = dict.fromkeys(("ratio", "format", "codecType", "definition", "downloadAddr"), "")
    sound = _sound_url(post.sound, mint, listed=listed)
    return {"id": post.id, **nothing, **empty, **_covers(post, mint), "playAddr": sound, "subtitleInfos": []}


def _video(post: Post, mint: Mint, number: Number) -> JSON:
    best = mint.file(post.renditions[0].file)
    first = _bitrate_info(post, post.renditions[0], mint, number)
    zoomed = {side: mint.image(post.id, cover_file(post), f"tplv-zoomcover:{side}:{side}") for side in ("240", "720")}
    video = {
        "id": post.id,
        "height": best.height,
        "width": best.width,
        "duration": post.seconds,
        "ratio": "540p",
        "definition": "540p",
        **_covers(post, mint),
        "playAddr": first["PlayAddr"]["UrlList"][0],
        "PlayAddrStruct": first["PlayAddr"],
        "shareCover": [""],
        "bitrate": best.bitrate,
        "encodedType": "normal",
        "format": "mp4",
        "videoQuality": "normal",
        "codecType": first["CodecType"],
        "subtitleInfos": list(_subtitles(post, mint, number)) if post.subtitles else [],
        "volumeInfo": {"Loudness": -16.5, "Peak": 0.87},
        "bitrateInfo": [_bitrate_info(post, rendition, mint, number) for rendition in post.renditions],
        "size": number(best.bytes),
        "videoID": links.video_uri(post.id),
        "zoomCover": zoomed,
    }
    return video | ({"downloadAddr": mint.web(post.id, post.watermarked)[0]} if post.downloadable else {})


def _bitrate_info(post: Post, rendition: Rendition, mint: Mint, number: Number) -> JSON:
    file = mint.file(rendition.file)
    codec, side, gear_name, quality = gear(rendition.file)
    urls = mint.web(post.id, rendition.file)
    if rendition.broken:
        urls = [url.replace("/?", f"/{links.BROKEN}/?") for url in urls]
    uri = links.video_uri(post.id)
    return {
        "Bitrate": file.bitrate,
        "BitrateFPS": RATE,
        "QualityType": quality,
        "GearName": gear_name,
        "CodecType": "h264" if codec == "h264" else "h265_hvc1",
        "Format": "mp4",
        "MVMAF": "",
        "VideoExtra": '{"audio_bit_rate":64180}',
        "PlayAddr": {
            "DataSize": number(file.bytes),
            "Width": file.width,
            "Height": file.height,
            "Uri": uri,
            "UrlList": urls,
            "UrlKey": f"{uri}_{'h264' if codec == 'h264' else 'bytevc1'}_{side}p_{file.bitrate}",
            "FileHash": f"{file.code * 4}",
            "FileCs": "c:0-42483-0bcb",
        },
    }


def _subtitles(post: Post, mint: Mint, number: Number) -> Iterator[JSON]:
    heard = f"{post.author.language}-{post.author.region}"
    for language, version, source in ((heard, "1:whisper_lid", "ASR"), ("ind-ID", "4", "MT")):
        yield {
            "UrlExpire": number(int(mint.now) + links.WEB_LIFE),
            "Size": number(mint.file("captions.vtt").bytes),
            "LanguageID": "2",
            "LanguageCodeName": language,
            "Url": mint.cdn(post.id + language, "captions.vtt", links.WEB_LIFE, mirror="v16-webapp"),
            "Format": "webvtt",
            "Version": version,
            "Source": source,
        }


def _image_post(post: Post, mint: Mint) -> JSON:
    def slide(stem: str) -> JSON:
        jpeg = mint.file(f"{stem}.jpeg")
        files = ((f"{stem}.webp", "p16"), (f"{stem}.jpeg", "p19"), (f"{stem}.jpeg", "p16"))
        urls = [mint.image(post.id, name, mirror=mirror) for name, mirror in files]
        return {"imageURL": {"urlList": urls}, "imageWidth": jpeg.width, "imageHeight": jpeg.height}

    images = [slide(stem) for stem in post.images]
    return {"images": images, "cover": images[0], "shareCover": images[0], "title": ""}


def _music(sound: Sound, mint: Mint, *, listed: bool) -> JSON:
    cover = mint.image(sound.id, "avatar-1.jpeg", "tplv-tiktokx-cropcenter:720:720")
    return {
        "id": sound.id,
        "title": sound.title,
        "playUrl": _sound_url(sound, mint, listed=listed),
        **dict.fromkeys(("coverLarge", "coverMedium", "coverThumb"), cover),
        "authorName": sound.author,
        "original": sound.original,
        "private": False,
        "duration": mint.file(sound.file).seconds if sound.file else 0,
        "album": sound.album,
        "isCopyrighted": False,
    }


def _sound_url(sound: Sound, mint: Mint, *, listed: bool) -> str:
    life = links.SHORT_LIFE if listed else links.PAGE_SOUND_LIFE
    return mint.cdn(sound.id, sound.file, life) if sound.file else ""


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
