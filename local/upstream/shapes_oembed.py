"""oEmbed: that a post or a person is there, what it says and what it sounds like. A withheld post is told of too."""

from html import escape
from urllib.parse import quote

from local.upstream.catalog import Post
from local.upstream.links import Mint
from local.upstream.people import Person
from local.upstream.shapes_item import JSON, cover_file

NOT_FOUND = {"message": "Something went wrong", "code": 400}
_SITE = "https://www.tiktok.com"


def post_card(post: Post, mint: Mint) -> JSON:
    still = mint.file(cover_file(post))
    return {
        "version": "1.0",
        "type": "video",
        "title": post.caption,
        **_author(post.author),
        "html": _blockquote(post),
        "thumbnail_width": still.width,
        "thumbnail_height": still.height,
        "thumbnail_url": mint.image(post.id, still.name, "tplv-tiktokx-origin"),
        "provider_url": _SITE,
        "provider_name": "TikTok",
        "author_unique_id": post.author.handle,
        "embed_product_id": post.id,
        "embed_type": "video",
    }


def person_card(person: Person) -> JSON:
    url = f"{_SITE}/@{person.handle}"
    return {
        "version": "1.0",
        "type": "rich",
        "title": f"{person.name}'s Creator Profile",
        **_author(person),
        "html": f'<blockquote class="tiktok-embed" cite="{url}" data-unique-id="{person.handle}"></blockquote>',
        "provider_url": _SITE,
        "provider_name": "TikTok",
        "author_unique_id": person.handle,
        "embed_type": "profile",
    }


def _author(person: Person) -> JSON:
    return {
        "author_url": f"{_SITE}/@{person.handle}",
        "author_name": person.name,
        "width": "100%",
        "height": "100%",
    }


def _blockquote(post: Post) -> str:
    handle, sound = post.author.handle, post.sound
    music = f"♬ {sound.title} - {sound.author}"
    slug = quote(f"{sound.title}-{sound.author}".replace(" ", "-"))
    return (
        f'<blockquote class="tiktok-embed" cite="{post.url}" data-video-id="{post.id}" data-embed-from="oembed" '
        f'style="max-width:605px; min-width:325px;"> <section> <a target="_blank" title="@{handle}" '
        f'href="{_SITE}/@{handle}?refer=embed">@{handle}</a> <p>{_linked(post.caption)}</p> <a target="_blank" '
        f'title="{escape(music)}" href="{_SITE}/music/{slug}-{sound.id}?refer=embed">{escape(music)}</a> </section> '
        f'</blockquote> <script async src="{_SITE}/embed.js"></script>'
    )


def _linked(caption: str) -> str:
    """The caption with its tags and people as links."""
    return " ".join(_link(word) for word in caption.split())


def _link(word: str) -> str:
    name = quote(word[1:])
    if word.startswith("#"):
        return f'<a title="{escape(word[1:])}" target="_blank" href="{_SITE}/tag/{name}?refer=embed">{escape(word)}</a>'
    if word.startswith("@"):
        return f'<a title="{escape(word)}" target="_blank" href="{_SITE}/@{name}?refer=embed">{escape(word)}</a>'
    return escape(word)
