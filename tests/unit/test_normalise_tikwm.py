"""The names of tikwm.com."""

from datetime import UTC, datetime

from tests.payloads import recorded
from tokstack.posts.models import Author, Kind, Post, Rendition, Slide, Sound
from tokstack.posts.normalise import tikwm


def test_the_detail_of_a_post() -> None:
    data = recorded("tikwm/post-video-2022.json")["data"] | {"id": "6996681461867318530"}  # not in the recording
    assert tikwm.post(data) == Post(
        id="6996681461867318530",
        kind=Kind.VIDEO,
        caption=data["title"],
        created_at=datetime(2021, 8, 15, 14, 37, 9, tzinfo=UTC),
        region="TR",
        plays=56297,
        likes=5199,
        comments=130,
        shares=None,
        downloads=None,
        hashtags=("hangi", "gazimustafakemalataturk", "yüksekova"),
        author=Author(handle="umayyyy238", name="Umay 🐺", avatar_url=data["author"]["avatar"]),
        sound=Sound(url=data["music"]),
        renditions=(
            Rendition(urls=(data["hdplay"],)),
            Rendition(urls=(data["play"],)),
            Rendition(urls=(data["wmplay"],), watermark=True),
        ),
        cover_url=data["cover"],
    )


def test_a_row_of_an_accounts_posts() -> None:
    data = recorded("tikwm/user-posts-with-photo-2026-08.json")["data"]
    row = data["videos"][0]
    assert tikwm.posts(data)[0] == Post(
        id="7656417069000314119",
        kind=Kind.VIDEO,
        caption="ằm ằm",
        created_at=datetime(2026, 6, 28, 12, 8, 42, tzinfo=UTC),
        duration=29.0,
        region="VN",
        is_ad=False,
        pinned=False,
        plays=1495,
        likes=141,
        comments=29,
        shares=14,
        saves=11,
        downloads=0,
        author=Author(
            id="7549519262734943239",
            handle="user_embongngo",
            name="Hoai Thuong",
            avatar_url=row["author"]["avatar"],
        ),
        sound=Sound(
            id="7628076282494421768",
            title="original sound - _emnhochih_210",
            author="em Hổ 🐯",
            duration=28.0,
            original=True,
            cover_url=row["music_info"]["cover"],
            url=row["music"],
        ),
        # its wmplay is the same file, and not watermarked
        renditions=(Rendition(urls=(row["play"],), bytes=2607494),),
        cover_url=row["cover"],
    )


def test_a_removed_sound() -> None:
    data = recorded("tikwm/user-posts-with-photo-2026-08.json")["data"]
    assert tikwm.posts(data)[1].sound == Sound(id="7650389509992958727", duration=13.0, original=True)


def test_slides_are_never_a_video() -> None:
    data = recorded("tikwm/user-posts-with-photo-2026-08.json")["data"]
    row = data["videos"][2]
    post = tikwm.posts(data)[2]
    assert post.kind is Kind.SLIDES
    assert post.duration is None
    assert post.renditions == ()
    assert post.slides == (Slide(urls=(row["images"][0],)),)
    assert post.sound is not None
    assert post.sound.url == row["music"]
    assert (post.plays, post.shares, post.saves, post.downloads) == (784637, 39030, 4878, 89)


def test_live_photos_move() -> None:
    row = {
        "id": "1",
        "images": ["https://p16/a.jpeg", "https://p16/b.jpeg", "", "https://p16/d.jpeg"],
        "live_images": ["https://v16/a.mp4", None, "https://v16/c.mp4"],
        "play": "https://sf16/sound.mp3",
        "wmplay": "https://sf16/sound.mp3",
        "music": "",
    }
    assert tikwm.post(row) == Post(
        id="1",
        kind=Kind.SLIDES,
        sound=Sound(url="https://sf16/sound.mp3"),
        slides=(
            Slide(urls=("https://p16/a.jpeg",), live_urls=("https://v16/a.mp4",)),
            Slide(urls=("https://p16/b.jpeg",)),
            Slide(urls=("https://p16/d.jpeg",)),
        ),
    )


def test_a_row_that_tells_little() -> None:
    body = recorded("tikwm/user-posts-headers-2026-05.json")["body"]
    (post,) = tikwm.posts(body["data"])
    assert post == Post(
        id="7637253304178740500",
        kind=Kind.VIDEO,
        caption=body["data"]["videos"][0]["title"],
        duration=16.0,
        region="CL",
        hashtags=("humor", "comedia", "Viral", "kdramas", "paratii"),
    )


def test_a_caption_in_lines() -> None:
    assert tikwm.post({"id": "1", "title": "", "content_desc": ["one", "", "#two"]}).caption == "one #two"


def test_the_lists_of_others_posts() -> None:
    for name, ids in {
        "tikwm/challenge-posts-2022.json": ("6903138515253497089", "7023803446197292334"),
        "tikwm/music-posts-2022.json": ("6788814073657167110", "6995362373791911170"),
        "tikwm/feed-search-2022.json": ("7029978737823272193",),
        "tikwm/user-favorite-2022.json": ("7038583619568389377",),
    }.items():
        posts = tikwm.posts(recorded(name)["data"])
        assert tuple(post.id for post in posts)[: len(ids)] == ids


def test_an_account() -> None:
    data = recorded("tikwm/user-info-2022.json")["data"]
    assert tikwm.user(data) == Author(
        id="6943972350728700930",
        sec_uid="MS4wLjABAAAAx79jlw39ozlKeUQoa9QjOtJBzelssB4fzLwYsL0za6BOjMxA0aYRq4COI3zI7lZ_",
        handle="mineodesu69",
        name="こずりん",
        avatar_url=data["user"]["avatarLarger"],
        bio=data["user"]["signature"],
        bio_url="https://lit.link/kozurin69",
        verified=False,
        private=False,
        shows_likes=True,
        followers=207900,
        following=262,
        likes_received=1400000,
        likes_given=911,
        posts=191,
    )


def test_a_sound() -> None:
    data = recorded("tikwm/music-info-2022.json")["data"]
    assert tikwm.sound(data) == Sound(
        id="6788770563495185158",
        title="originalljud",
        author="𝚛𝚘𝚋𝚕𝚘𝚡<33",
        duration=9.0,
        original=True,
        cover_url=data["cover"],
        url="https://sf16-ies-music-va.tiktokcdn.com/obj/musically-maliva-obj/1657416601829430.mp3",
    )
