"""Pictures of the page at `/` for the README, taken of a running `make run`.

    python -m local.tools.screenshots [--state-dir .local]      into docs/screenshots

They are of the sample: its posts, its library, and an account that has used some credits on each of the last days.
"""

import json
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import boto3
import imageio_ffmpeg
import typer
from playwright.sync_api import Browser, Page, expect, sync_playwright

from local import ROOT
from local.account import ACCESS_KEY, REGION, SECRET_KEY, STACK
from local.upstream.catalog import Post, catalog

_FOLDER = ROOT / "docs" / "screenshots"
_CHROMIUM = "/usr/bin/chromium"
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run")
_ACCOUNT = "acme"
_DAYS = 30
_PATIENCE = 60_000  # milliseconds
_SETTLED = 4_000  # until a strip of frames is drawn to its end, and players have put away their signs of waiting
_DESK: dict[str, Any] = {"viewport": {"width": 1200, "height": 860}}
_PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}


@dataclass(frozen=True, slots=True)
class Studio:
    """A browser, and the running API that it looks at with a key."""

    browser: Browser
    url: str
    key: str

    @contextmanager
    def page(self, name: str, fragment: str, *, dark: bool = False, phone: bool = False) -> Iterator[Page]:
        """The page as it is to be shown, once it was arranged: then its picture is taken."""
        how = {**(_PHONE if phone else _DESK), "color_scheme": "dark" if dark else "light", "reduced_motion": "reduce"}
        context = self.browser.new_context(**how)
        context.set_default_timeout(_PATIENCE)
        context.add_init_script(f"localStorage.setItem('tokstack-key', '{self.key}')")
        page = context.new_page()
        page.goto(f"{self.url}/{fragment}")
        expect(page.locator("#key-state")).to_contain_text("credits")
        yield page
        page.mouse.move(0, 0)
        page.wait_for_timeout(_SETTLED)
        _keep(page.screenshot(), _FOLDER / f"{name}.png")
        context.close()


def main(
    state_dir: Annotated[Path, typer.Option(help="Where ready.json is, of a cloud that runs.")] = ROOT / ".local",
) -> None:
    """Take every picture anew."""
    ready = json.loads((state_dir / "ready.json").read_text())
    expect.set_options(timeout=_PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS)
        studio = Studio(browser, ready["url"], _customer(ready["aws_endpoint"]))
        _FOLDER.mkdir(parents=True, exist_ok=True)
        _post(studio)
        _library(studio)
        _usage(studio)
        _phone(studio)
        browser.close()


def _post(studio: Studio) -> None:
    with studio.page("post", _link(_film("fractal"))) as page:
        expect(page.locator("canvas.strip")).to_be_visible()
        page.get_by_role("slider", name="Start").fill("0.8")
        page.get_by_role("slider", name="End").fill("2.4")
        page.get_by_role("button", name="mp3").click()
        for player in (".stage video", ".result audio"):
            expect(page.locator(player)).to_have_js_property("readyState", 4)
        expect(page.locator(".sound strong")).to_be_visible()


def _library(studio: Studio) -> None:
    with studio.page("library", "#/library?type=ad&sortBy=views") as page:
        expect(page.locator(".card .blank").nth(3)).to_be_visible()


def _usage(studio: Studio) -> None:
    with studio.page("usage", "#/usage", dark=True) as page:
        expect(page.locator(".routes")).to_be_visible()


def _phone(studio: Studio) -> None:
    with studio.page("phone", _link(_film("fractal", 1)), dark=True, phone=True) as page:
        expect(page.locator("canvas.strip")).to_be_visible()
        expect(page.locator(".stage video")).to_have_js_property("readyState", 4)
        expect(page.locator(".sound strong")).to_be_visible()
        page.locator(".stage").evaluate("node => scrollTo(0, node.offsetTop + 200)")


def _link(post: Post) -> str:
    return f"#/post?{urlencode({'url': post.url})}"


def _film(clip: str, skipped: int = 0) -> Post:
    """A new plain video of that clip which has something to show under it."""
    posts = (post for post in catalog().posts if (post.clip, post.trait) == (clip, "plain"))
    good = (post for post in posts if len(post.hashtags) > 1 and len(post.renditions) > 1)
    return next(islice(good, skipped, None))


def _customer(endpoint: str) -> str:
    """The key of an account that asks for more from week to week."""
    from tokstack.accounts import credits as accounts
    from tokstack.accounts import keys, ledger
    from tokstack.table import Table

    client = boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
    )
    table, dice = Table(client, f"{STACK}-data"), random.Random(4)  # noqa: S311 - the same picture each time
    accounts.grant(table, _ACCOUNT, 25_000)
    today = table.now()
    for ago in range(_DAYS - 1, 0, -1):
        past = Table(client, f"{STACK}-data", partial(float, today - ago * 86_400))
        busy = (_DAYS - ago) * dice.uniform(0.5, 1.5)
        for route, share in (("library", 12), ("statistic", 5), ("downloader", 3), ("convert", 2), ("video", 1)):
            number = round(busy * share)
            charge = f"{route}-{ago}"
            ledger.spend(past, _ACCOUNT, credits=number + 1, route=route, charge_id=charge, final=True)
    return keys.create(table, _ACCOUNT)


def _keep(picture: bytes, file: Path) -> None:
    """In 256 colours, which is a third of the bytes."""
    fewer = "split[a][b];[a]palettegen=stats_mode=full[p];[b][p]paletteuse=dither=bayer:bayer_scale=4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", "-", "-vf", fewer, "-frames:v", "1"]
    subprocess.run([*command, str(file)], input=picture, check=True)  # noqa: S603 - our own words
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1000} kB")


if __name__ == "__main__":
    typer.run(main)
