"""The page's files: those and no others, each under a policy that lets nothing else run."""

import gzip
import re
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from tests.exchanges import Answer, ask, event
from tokstack.api.console import console
from tokstack.api.entry import serve
from tokstack.config import settings

pytestmark = pytest.mark.usefixtures("environment")

PAGE = Path(__file__).parents[2] / "functions" / "console" / "page"
NAMES = sorted(path.name for path in PAGE.iterdir())


def got(path: str = "/", **headers: str) -> Answer:
    return ask(console(PAGE), event(path, **headers))


def named(name: str) -> Any:
    """The answer where the gateway has decoded a name out of an address."""
    return serve(console(PAGE))({**event("/console/x"), "pathParameters": {"file": name}}, None)


@pytest.mark.parametrize("name", NAMES)
def test_each_file_is_told_as_what_it_is(name: str) -> None:
    answer = got(f"/console/{name}")
    kind = {"html": "text/html", "css": "text/css", "js": "text/javascript"}[name.rpartition(".")[2]]
    assert (answer.status, answer.text) == (200, (PAGE / name).read_text("utf-8"))
    assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_first_is_the_page() -> None:
    assert got().text == (PAGE / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../app.py", "..%2fapp.py", "..\\app.py", "app.py", "/etc/passwd", "post.js\0", "POST.JS"]
)
def test_nothing_else_is_told(name: str) -> None:
    answer = named(name)
    assert answer["statusCode"] == 404
    assert "There is no such file." in answer["body"]


def test_of_a_folder_only_what_pages_are_made_of_is_told(tmp_path: Path) -> None:
    for name in ("index.html", "notes.txt", ".env", "key.pem"):
        (tmp_path / name).write_text("secret")
    statuses = [ask(console(tmp_path), event(f"/console/{path.name}")).status for path in sorted(tmp_path.iterdir())]
    assert statuses == [404, 200, 404, 404]


def test_what_a_browser_has_is_not_sent_again() -> None:
    first = got("/console/post.js")
    again = got("/console/post.js", if_none_match=first.headers["ETag"])
    other = got("/console/post.js", if_none_match=got("/console/dom.js").headers["ETag"])
    assert (again.status, again.text, other.status) == (304, "", 200)
    assert again.headers["ETag"] == first.headers["ETag"]
    assert first.headers["Cache-Control"] == "no-cache"


def test_it_is_compressed_for_whoever_takes_that() -> None:
    plain, small = got(), got(accept_encoding="br, gzip")
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(b64decode(small.text)).decode() == plain.text
    assert small.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


def test_its_policy_lets_its_own_files_run_and_shows_storage(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("MEDIA_HOST", "media.s3.example.com")
    settings.cache_clear()
    policy = dict(part.strip().split(" ", 1) for part in got().headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "media-src": "'self' media.s3.example.com",
        "img-src": "'self' data: https: media.s3.example.com",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert got().headers["Referrer-Policy"] == "no-referrer"


def test_the_page_needs_nothing_that_its_policy_forbids() -> None:
    page = (PAGE / "index.html").read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=)", page)
    asked = re.findall(r"(?:src|href)=\"([^\"#]+)\"", page)
    assert [address for address in asked if not address.startswith(("/console/", "/docs", "data:,"))] == []


def test_the_page_s_parts_are_there() -> None:
    """Each file of it is asked for by another, and none that is missing."""
    texts = {name: (PAGE / name).read_text("utf-8") for name in NAMES}
    asked = {found for text in texts.values() for found in re.findall(r"(?:from \"\./|/console/)([\w.]+)", text)}
    assert asked == {*NAMES} - {"index.html"}
