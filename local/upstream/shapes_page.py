"""The web's pages: a post's, a person's, and the furniture of real size that stands around what was asked for."""

import html
import json
import random
from collections.abc import Mapping
from functools import cache
from typing import Any

from local.upstream.catalog import Post
from local.upstream.links import Mint
from local.upstream.people import Person
from local.upstream.shapes_item import JSON, item_struct, user, user_stats

_STATE_ID = "__UNIVERSAL_DATA_FOR_REHYDRATION__"
_WORD_BYTES = 70  # of one translation in the state


def post_page(post: Post, mint: Mint) -> bytes:
    """The page of a post, or of why it is not shown."""
    detail = post_detail(post, mint)
    if "itemInfo" not in detail:
        return page("webapp.video-detail", detail, seed=post.id)
    title, caption = f"{post.author.name} on TikTok", post.caption.replace("\0", "")
    return page("webapp.video-detail", detail, seed=post.id, title=title, description=caption)


def post_detail(post: Post, mint: Mint) -> JSON:
    if post.refusal and post.refusal.status:
        return refusal(post.refusal.status, post.refusal.message)
    item = item_struct(post, mint)
    if post.refusal:  # shown to those who log in
        item = {name: value for name, value in item.items() if name not in ("video", "music")}
        item["isContentClassified"] = True
    share = {"title": f"{post.author.name} on TikTok", "desc": post.caption}
    return {"itemInfo": {"itemStruct": item}, "shareMeta": share, "statusCode": 0, "statusMsg": ""}


def refusal(status: int, message: str) -> JSON:
    """A refused post's whole `webapp.video-detail`: there is no `itemInfo`."""
    return {"statusCode": status, "statusMsg": message}


def soft_block() -> JSON:
    """All is well, and there is nothing: a refusal in disguise."""
    return {"itemInfo": {"itemStruct": {}}, "statusCode": 0, "statusMsg": ""}


def profile_page(person: Person, posts: int, mint: Mint) -> bytes:
    detail = {
        "userInfo": {"user": _whole_user(person, mint), **user_stats(person, posts), "itemList": []},
        "shareMeta": {"title": f"{person.name} on TikTok", "desc": f"@{person.handle}"},
        "statusCode": 10222 if person.private or person.false_alarm else 0,
        "statusMsg": "",
        "needFix": False,
    }
    title = f"{person.name} (@{person.handle}) | TikTok"
    return page("webapp.user-detail", detail, seed=person.handle, title=title, description=person.bio)


def _whole_user(person: Person, mint: Mint) -> JSON:
    """With what only the page of a person tells."""
    tabs = {"showMusicTab": False, "showQuestionTab": False, "showPlayListTab": False}
    return {**user(person, mint), "roomId": "7710000000000000001" if person.live else "", "profileTab": tabs}


def page(entry: str, detail: JSON, *, seed: str, title: str = "TikTok - Make Your Day", description: str = "") -> bytes:
    """A page of the web app, 200–500 KB, of which `detail`, its state's `entry`, is a small part."""
    rng = random.Random(seed)  # noqa: S311 - sizes, not secrets
    words = _translations()[: rng.randint(1000, 3000) * _WORD_BYTES - 1]
    context = {"language": "en", "region": "US", "appId": 1988, "wid": str(rng.getrandbits(62))}
    entries = (
        f'"webapp.app-context":{embedded(context)}',
        f'"webapp.i18n-translation":{{{words}}}',
        f'"{entry}":{embedded(detail)}',
        f'"webapp.a-b":{_experiments()}',
    )
    state = f'{{"__DEFAULT_SCOPE__":{{{",".join(entries)}}}}}'
    return document(_STATE_ID, state, rng.randrange(100_000, 250_000), title=title, description=description)


def document(state_id: str, state: str, furniture: int, *, title: str, description: str = "") -> bytes:
    """An HTML page with its state in the script `state_id`, and `furniture` bytes of other scripts."""
    scripts = "".join(f"<script nonce>{_noise()[at : at + 9000]}</script>" for at in range(0, furniture, 9000))
    tags = (("og:site_name", "TikTok"), ("og:title", title), ("og:description", description))
    meta = "".join(f'<meta property="{name}" content="{html.escape(text)}" data-rh="true">' for name, text in tags)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8"><title>{html.escape(title)}</title>{meta}{scripts}'
        f'</head><body><div id="app"></div><script id="{state_id}" type="application/json">{state}</script>'
        "</body></html>"
    ).encode()


def embedded(value: Mapping[str, Any]) -> str:
    """JSON as it may stand in a script: no slash and no < of its own."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("/", "\\u002F").replace("<", "\\u003C")


@cache
def _translations() -> str:
    """Entries of one length each, so that any number of them is a slice."""
    words = (f'"common_{n:04}":"{_noise()[n * 60 :]:.{_WORD_BYTES - 17}}",' for n in range(3000))
    return "".join(words)


@cache
def _experiments() -> str:
    return embedded({"parameters": {f"flag_{n}": {"vid": f"v{n % 4}"} for n in range(600)}})


@cache
def _noise() -> str:
    """250 KB that pack about as well as minified JavaScript does."""
    rng = random.Random("furniture")  # noqa: S311 - a pattern, not a secret
    names = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(1, 9))) for _ in range(300)]
    return "".join(f"{rng.choice(names)}({rng.choice(names)},{rng.randrange(99)});" for _ in range(20_000))[:250_000]
