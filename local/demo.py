"""What a newcomer gets: an account with credits, its key, and curl lines that work when pasted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from local.account import STACK
from local.aws import Aws

ACCOUNT = "demo"
CREDITS = 100_000
KEY_PLACEHOLDER = "DEMO_KEY"  # stands in the sample events


@dataclass(frozen=True, slots=True)
class Examples:
    """Public addresses to ask for: a video, a slideshow, and somebody with posts."""

    video: str
    slides: str
    user: str


# For the live upstream: the video is the one of TikTok's own oEmbed documentation.
LIVE = Examples(
    video="https://www.tiktok.com/@scout2015/video/6718335390845095173",
    slides="https://www.tiktok.com/@matryoshk4/photo/7231234675476532526",
    user="scout2015",
)


def create_key(aws: Aws) -> str:
    """A new key of the demo account, which can pay for a lot."""
    from tokstack.accounts import credits as ledger
    from tokstack.accounts import keys
    from tokstack.table import Table

    table = Table(aws.client("dynamodb"), f"{STACK}-data")
    key = keys.create(table, ACCOUNT)
    ledger.grant(table, ACCOUNT, CREDITS)
    return key


def examples(catalog: Mapping[str, Any]) -> Examples:
    """A plain video, a plain slideshow and the video's author, of the sample upstream's catalogue."""
    plain = [post for post in catalog["posts"] if post["trait"] == "plain"]
    video = next(post for post in plain if post["type"] == "video")
    slides = next(post for post in plain if post["type"] == "slides")
    return Examples(video["url"], slides["url"], video["handle"])


def page(url: str, examples: Examples) -> str:
    """Where the console shows the video."""
    return f"{url}/#/post?{urlencode({'url': examples.video})}"


def curl_lines(url: str, key: str, examples: Examples) -> list[str]:
    asked = {
        "statistic": f"url={examples.video}",
        "slides": f"url={examples.slides}",
        "random": f"username={examples.user}",
    }
    head, body = f"curl -H 'x-api-key: {key}'", json.dumps({"url": examples.video})
    return [
        *(f"{head} '{url}/api/tiktok/{route}?{query}'" for route, query in asked.items()),
        f"{head} -H 'Content-Type: application/json' -d '{body}' -L -OJ '{url}/api/convert/mp3'",
        f"{head} '{url}/v1/tiktok/library?search=skin%20care&type=ad&sortBy=views'",
    ]
