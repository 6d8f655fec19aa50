"""The page for people, in a real browser: what they see, with a mouse, a keyboard or a phone, and what stays theirs."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browsers import CHROMIUM, KEY, PATIENCE, PHONE, Visit, chromium, visiting
from tests.clients import saved
from tests.clouds import Stack
from tests.conftest import NewKey
from tests.contrast import GROUND, faint, luminance
from tests.front_door import FrontDoor, front_door

PARTS = ("Post", "Library", "Usage", "API")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"There is no browser: {CHROMIUM} (Debian's package is chromium).")
    expect.set_options(timeout=PATIENCE)
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def door(stack: Stack) -> Iterator[FrontDoor]:
    with front_door(stack) as door:
        yield door


@pytest.fixture
def visit(browser: Browser, stack: Stack, new_key: NewKey) -> Iterator[Visit]:
    """With a key of an account with 1,000 credits."""
    with visiting(browser, stack, new_key(credits=1000)) as visit:
        yield visit


@pytest.fixture
def stranger(browser: Browser, stack: Stack) -> Iterator[Visit]:
    """Without a key."""
    with visiting(browser, stack) as visit:
        yield visit


def post(door: FrontDoor, kind: str) -> Any:
    """A post of the sample with nothing unusual about it."""
    return next(post for post in door.catalog["posts"] if (post["type"], post["trait"]) == (kind, "plain"))


def fact(page: Page, name: str) -> Locator:
    """The figure under that name."""
    return page.locator(".counters div").filter(has=page.locator("dt", has_text=re.compile(f"^{name}$"))).locator("dd")


def told(page: Page) -> Locator:
    """What is said of the search."""
    return page.locator("#items").get_by_role("status")


def titles(page: Page, selector: str) -> list[str]:
    return [text.strip() for text in page.locator(selector).all_inner_texts()]


def test_the_key_stays_in_the_browser(stranger: Visit, stack: Stack, new_key: NewKey) -> None:
    """It goes to the service alone, in a header, and no address ever holds it."""
    page, key = stranger.page, new_key(credits=1234)
    stranger.open()
    expect(page.locator("#key-state")).to_be_empty()
    page.get_by_label("Key", exact=True).fill(key)
    page.get_by_role("button", name="Use").click()
    expect(page.locator("#key-state")).to_have_text("1,234 credits")
    assert page.evaluate("Object.entries(localStorage)") == [[KEY, key]]
    page.reload()
    expect(page.locator("#key-state")).to_have_text("1,234 credits")
    expect(page.get_by_label("Key", exact=True)).to_have_attribute("type", "password")
    assert not [request.url for request in stranger.requests if key in request.url] + [page.url] * (key in page.url)
    sent = [request for request in stranger.requests if key in str(request.headers)]
    assert sent
    assert all(request.url.startswith(f"{stack.url}/v1/") for request in sent)
    page.get_by_label("Key", exact=True).fill("")
    page.get_by_role("button", name="Use").click()
    expect(page.locator("#key-state")).to_be_empty()
    assert page.evaluate("localStorage.length") == 0
    assert page.context.cookies() == []


def test_only_the_page_s_own_files_run(stack: Stack, stranger: Visit) -> None:
    answer = httpx.get(stack.url)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy.pop("default-src") == "'none'"
    assert (policy["script-src"], policy["style-src"], policy["connect-src"]) == ("'self'", "'self'", "'self'")
    assert "unsafe" not in str(policy)
    assert "*" not in str(policy)
    assert (policy["frame-ancestors"], policy["base-uri"], policy["form-action"]) == ("'none'",) * 3
    stranger.open()
    page = stranger.page
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'ran = 1'}))")
    assert page.evaluate("typeof ran") == "undefined"
    (complaint,) = stranger.complaints
    assert "Content Security Policy" in complaint
    stranger.complaints.clear()


def test_a_video(visit: Visit, door: FrontDoor) -> None:
    video = post(door, "video")
    told, files = (video["expected"][part]["data"] for part in ("statistic", "downloader"))
    page = visit.page
    visit.open()
    visit.look(video["url"])
    expect(page.get_by_role("heading", level=2).first).to_have_text(told["title"])
    expect(page.locator(".stage video")).to_have_js_property("videoWidth", 576)
    expect(page.locator(".stage video")).to_have_js_property("error", None)
    expect(fact(page, "Plays")).to_have_attribute("title", f"{told['total_play']:,}")
    expect(fact(page, "Likes")).to_have_attribute("title", f"{told['total_like']:,}")
    author = page.get_by_role("link", name=told["post_author"]["nickname"])
    expect(author).to_have_attribute("href", told["post_author"]["profile"])
    expect(page.locator(".who").first).to_contain_text(f"@{told['unique_id']}")
    sound = page.get_by_role("region", name="Sound")
    expect(sound.locator("strong")).not_to_be_empty()
    expect(sound.locator("audio")).to_have_attribute("src", re.compile("/media/"))
    expect(page.locator(".files a")).to_have_count(len(files["renditions"]) + 2)
    assert page.title() == "Post · Tokstack"
    expect(page.locator("canvas.strip")).to_be_visible()
    expect(page.get_by_role("textbox", name="Link")).to_be_focused()


def test_slides(visit: Visit, door: FrontDoor) -> None:
    slides = post(door, "slides")
    count = len(slides["expected"]["slides"]["data"]["images"])
    visit.open(f"#/post?url={slides['url']}")
    shown = visit.page.get_by_role("group", name=f"{count} slides").get_by_role("img")
    expect(shown).to_have_count(count)
    expect(shown.first).to_have_js_property("complete", value=True)
    expect(shown.first).not_to_have_js_property("naturalWidth", 0)
    expect(visit.page.locator(".files a")).to_have_text([*(f"slide {at + 1}" for at in range(count)), "sound"])


def test_a_page_of_another_site(visit: Visit) -> None:
    page = visit.page
    visit.open()
    visit.look("https://og.video.example/watch/1")
    expect(page.locator(".stage video")).not_to_have_js_property("videoWidth", 0)
    expect(page.locator(".files a")).to_have_count(1)
    expect(page.locator(".track")).to_be_visible()  # its player tells how long it is
    visit.look("https://tag.video.example/pair")
    expect(page.locator(".files a")).to_have_text(["video 1", "video 2"])


def test_a_sound_of_another_site_is_cut_too(visit: Visit) -> None:
    visit.open("#/post?url=https://files.example/song.mp3")
    expect(visit.page.locator(".stage audio")).to_be_visible()
    expect(visit.page.get_by_role("slider", name="End")).to_have_js_property("value", "12")
    expect(visit.page.locator("canvas.strip")).to_be_hidden()


def test_from_a_link_to_a_file_by_keyboard_alone(
    stranger: Visit, door: FrontDoor, new_key: NewKey, tmp_path: Path
) -> None:
    """The part that was asked for, with the job's progress on the way."""
    page, key = stranger.page, new_key()
    stranger.open("#/usage")
    to(page, page.get_by_label("Key", exact=True))
    page.keyboard.insert_text(key)
    page.keyboard.press("Enter")
    expect(page.locator("#key-state")).to_have_text("100 credits")
    for _ in PARTS:
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Link")).to_be_focused()
    page.keyboard.insert_text(post(door, "video")["url"])
    page.keyboard.press("Enter")
    start, end = (page.get_by_role("slider", name=name) for name in ("Start", "End"))
    expect(start).to_be_visible()
    said = page.locator(".cutter output")
    expect(said).to_have_text("The whole of it")
    to(page, start)
    page.keyboard.press("End")
    expect(said).to_have_text("0:04.9 – 0:05.0, 0.1 s")  # one handle does not pass the other
    page.keyboard.press("Home")
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    to(page, end)
    for _ in range(15):
        page.keyboard.press("ArrowLeft")
    expect(said).to_have_text("0:01.0 – 0:03.5, 2.5 s")
    expect(end).to_have_attribute("aria-valuetext", "0:03.5")
    page.route("**/v1/jobs/*", at_work, times=1)
    to(page, page.get_by_role("button", name="wav"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("progressbar", name="wav, progress")).to_have_js_property("value", 0.25)
    expect(page.locator(".progress")).to_contain_text("25 %")
    save = page.get_by_role("link", name="Save wav")
    expect(save).to_be_visible()
    expect(page.locator(".result audio")).to_have_js_property("duration", 2.5)
    with page.expect_download() as download:
        to(page, save)
        page.keyboard.press("Enter")
    download.value.save_as(tmp_path / "cut.wav")
    assert download.value.suggested_filename.endswith(".wav")
    cut = saved(tmp_path / "cut.wav")
    assert cut.codecs == ("pcm_s16le",)
    assert cut.seconds == pytest.approx(2.5, abs=0.05)


def at_work(route: Route) -> None:
    """What a job says that has a while to go."""
    route.fulfill(json={"data": {"status": "running", "progress": 0.25}})


def to(page: Page, wanted: Locator) -> None:
    """From key to key until it has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"The keyboard does not come to {wanted}.")


def test_the_library_finds_what_the_api_finds(visit: Visit, door: FrontDoor) -> None:
    page = visit.page
    visit.open("#/library")
    expect(page.locator(".card")).to_have_count(24)
    expect(page.locator(".card .blank").first).to_be_visible()  # for a thumbnail that is gone
    page.get_by_label("Search").fill("skin care")
    page.get_by_label("Type").select_option("ads")
    expect(page.locator(".badge[data-kind=organic]")).to_have_count(0)
    page.get_by_label("Sort by").focus()
    page.get_by_label("Sort by").select_option("views")
    expect(page).to_have_url(re.compile("#/library\\?search=skin\\+care&type=ad&sortBy=views$"))
    answer = door.get("/v1/tiktok/library", search="skin care", type="ad", sortBy="views", limit="24").json()
    expect(told(page)).to_have_text(f"{answer['pagination']['total']} found")
    captions = [item["content"]["description"] for item in answer["data"]]
    expect(page.locator(".caption")).to_have_text(captions)
    expect(page.get_by_label("Sort by")).to_be_focused()
    ranked = next(item for item in answer["data"] if item["metrics"]["deltaRank7d"])
    moved = f"{ranked['metrics']['deltaRank7d']:+} in 7 d"
    line = page.get_by_role("img", name=f"Rank {ranked['metrics']['rank']}: ").and_(page.get_by_label(moved))
    expect(line.first).to_be_visible()


def test_a_search_is_shared_by_its_address(visit: Visit, browser: Browser, stack: Stack, new_key: NewKey) -> None:
    page = visit.page
    visit.open("#/library?languages=ja&sortBy=likes")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.locator(".card")).to_have_count(24)
    page.get_by_role("link", name="The next page").click()
    expect(told(page)).to_contain_text("page 2 of")
    expect(page.locator("main")).to_be_focused()
    assert page.evaluate("scrollY") == 0
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    shared = page.evaluate("navigator.clipboard.readText()")
    captions = titles(page, ".caption")
    with visiting(browser, stack, new_key()) as other:
        other.page.goto(shared)
        expect(other.page.locator(".caption")).to_have_text(captions)
        expect(other.page.get_by_label("Languages")).to_have_value("ja")  # in the filters that were opened for it
        expect(other.page.get_by_label("Sort by")).to_have_value("likes")
        other.page.get_by_role("button", name="Clear").click()
        expect(other.page).to_have_url(re.compile("#/library$"))
        expect(other.page.get_by_label("Languages")).to_be_hidden()


def test_filters_and_the_profiles_of_cards(visit: Visit, door: FrontDoor) -> None:
    page = visit.page
    visit.open("#/library")
    page.get_by_text("More filters").click()
    page.get_by_label("Countries").fill("DE")
    page.get_by_label("Views from").fill("1000")
    page.get_by_label("Views from").press("Enter")
    total = door.get("/v1/tiktok/library", countries="DE", minViews="1000", limit="1").json()["pagination"]["total"]
    expect(told(page)).to_contain_text(f"{total} found")
    handle = page.locator(".card .who a").first
    name = handle.inner_text().removeprefix("@")
    handle.click()
    expect(page.get_by_label("Handle")).to_have_value(name)
    expect(told(page)).to_contain_text("found")
    assert {each.partition(" ")[0] for each in titles(page, ".card .who:has-text('@')")} == {f"@{name}"}


def test_usage_by_day_and_by_route(visit: Visit, stack: Stack, new_key: NewKey, browser: Browser) -> None:
    key = new_key(credits=50)
    for _ in range(3):
        httpx.get(f"{stack.url}/v1/tiktok/library?limit=2", headers={"x-api-key": key}, timeout=60).raise_for_status()
    usage = httpx.get(f"{stack.url}/v1/usage", headers={"x-api-key": key}, timeout=60).json()["data"]
    ((day, used),) = usage["byDay"].items()
    assert used == 6
    with visiting(browser, stack, key) as owner:
        owner.open("#/usage")
        page = owner.page
        expect(fact(page, "Credits left")).to_have_text("44")
        expect(fact(page, "Account")).to_have_text(usage["account"])
        expect(page.locator(".bars rect")).to_have_count(30)
        expect(page.locator(".bars rect[height='100'] title")).to_have_text(f"{day}: 6 credits")
        expect(page.get_by_role("row", name=f"{day} 6")).to_have_count(1)
        expect(page.get_by_role("row", name="library 6")).to_be_visible()
    visit.open("#/usage")
    expect(visit.page.locator(".empty")).to_have_text("Nothing was used yet.")


def test_who_has_no_key_is_told_where_it_goes(stranger: Visit) -> None:
    stranger.refused = {401}
    page = stranger.page
    stranger.open("#/usage")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # skips to the content, which stays the same
    expect(page.locator("main")).to_be_focused()
    expect(page).to_have_url(re.compile("#/usage$"))
    page.get_by_role("link", name="Post").click()
    expect(page.locator(".empty")).to_contain_text("appear here")
    page.get_by_role("link", name="Usage").click()
    expect(page.locator(".empty")).to_contain_text("Put a key into the field at the top.")
    page.get_by_role("link", name="Library").click()
    expect(page.get_by_role("alert")).to_contain_text("This needs an API key.")
    expect(page.get_by_role("alert")).to_contain_text("Put your API key into the field at the top.")
    page.get_by_label("Key", exact=True).fill("tok_" + "a" * 40)
    page.get_by_role("button", name="Use").click()
    expect(page.locator("#key-state.bad")).to_have_text("Invalid API key.")
    expect(page.get_by_role("alert")).to_contain_text("The key at the top is not known here.")


def test_what_is_no_link_and_what_is_not_there(visit: Visit) -> None:
    visit.refused = {400, 404}
    page = visit.page
    visit.open()
    visit.look("no link at all")
    expect(page.get_by_role("alert")).to_contain_text("no link")
    visit.look("https://www.tiktok.com/@nobody.at.all/video/7000000000000000001")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("link", name="Library").click()
    page.get_by_label("Search").fill("zzzz qqqq xxxx")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".empty")).to_have_text("Nothing in the library is like that.")


def test_who_has_no_credits_is_told_what_helps(browser: Browser, stack: Stack, new_key: NewKey) -> None:
    with visiting(browser, stack, new_key(credits=0)) as poor:
        poor.refused = {402}
        poor.open("#/library")
        expect(poor.page.get_by_role("alert")).to_contain_text("tokstack credits grant")
        expect(poor.page.locator("#key-state")).to_have_text("0 credits")


def test_waiting_is_shown_and_what_failed_is_tried_again(visit: Visit) -> None:
    page, held = visit.page, list[Route]()

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/v1/tiktok/library*", hold, times=1)
    visit.open("#/library")
    expect(told(page)).to_have_text("Searching…")
    while not held:
        page.wait_for_timeout(20)
    held[0].abort()
    expect(page.get_by_role("alert")).to_contain_text("The service cannot be reached.")
    assert "net::ERR_FAILED" in visit.complaints.pop()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".card")).to_have_count(24)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone(browser: Browser, stack: Stack, door: FrontDoor, new_key: NewKey, scheme: str) -> None:
    """Nothing scrolls sideways, and all of it can be read by day and by night."""
    kind = "video" if scheme == "light" else "slides"
    with visiting(browser, stack, new_key(), color_scheme=scheme, **PHONE) as visit:
        page = visit.page
        visit.open(f"#/post?url={post(door, kind)['url']}")
        expect(page.locator(".converter")).to_be_visible()
        assert visit.overflow() <= 0
        assert faint(page) == []
        page.get_by_role("link", name="Library").tap()
        expect(page.locator(".card").first).to_be_visible()
        page.get_by_text("More filters").tap()
        assert visit.overflow() <= 0
        assert faint(page) == []
        page.get_by_role("link", name="Usage").tap()
        expect(page.locator(".bars")).to_be_visible()
        assert visit.overflow() <= 0
        assert faint(page) == []
        assert (luminance(page.locator("body").evaluate(GROUND)) < 0.5) == (scheme == "dark")
