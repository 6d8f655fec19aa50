"""A real browser at the page, and what it must never do there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.clouds import Stack

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 30_000  # milliseconds: other clouds share the processors
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
KEY = "tokstack-key"  # where the page keeps it
_QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync")
_OFFLINE = ("--disable-background-networking", "--disable-component-update")
_THUMBNAILS = "media.example"  # of the sample library: there are none
_REFUSED = "Failed to load resource: the server responded with a status of "


@dataclass
class Visit:
    """One browser's look at the page. `refused` are the statuses that the service is expected to answer with."""

    page: Page
    stack: Stack
    refused: set[int] = field(default_factory=set)
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, fragment: str = "") -> None:
        self.page.goto(f"{self.stack.url}/{fragment}")

    def look(self, link: str) -> None:
        """As people do: paste, and press Enter."""
        field = self.page.get_by_role("textbox", name="Link")
        field.fill(link)
        field.press("Enter")

    def hosts(self) -> set[str]:
        return {urlsplit(request.url).netloc for request in self.requests} - {"", _THUMBNAILS}

    def said(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning") or _THUMBNAILS in message.location["url"]:
            return
        if message.text.startswith(_REFUSED):
            status = int(message.text.removeprefix(_REFUSED).split(" ", 1)[0])
            if status in self.refused:
                return
        self.complaints.append(f"{message.text} ({message.location['url']})")

    def asked(self, request: Request) -> None:
        self.requests.append(request)

    def overflow(self) -> int:
        """Pixels that the page is wider than its window."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return width


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_QUIET, *_OFFLINE])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visiting(browser: Browser, stack: Stack, key: str = "", **how: Any) -> Iterator[Visit]:
    """A window of its own. Whatever is done in it, nothing may be complained of, and no one else be asked."""
    context = browser.new_context(**how)
    context.set_default_timeout(PATIENCE)
    context.route(f"**://{_THUMBNAILS}/**", lambda route: route.abort())
    if key:
        context.add_init_script(f"localStorage.setItem('{KEY}', '{key}')")
    page = context.new_page()
    visit = Visit(page, stack)
    page.on("console", visit.said)
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on("request", visit.asked)
    try:
        yield visit
        assert visit.complaints == []
        assert visit.hosts() <= {urlsplit(url).netloc for url in (stack.url, stack.aws_endpoint)}
    finally:
        context.close()
