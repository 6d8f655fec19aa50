"""Short links over a site that says where they lead."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from tokstack.errors import Code, TokstackError
from tokstack.outbound import Reason, RefusedError
from tokstack.posts.references import PostRef, ShortLink
from tokstack.posts.short_links import MAX_HOPS, follow

ID = "7345678901234567890"
LINK = ShortLink("https://vm.tiktok.com/ZMabc12/")
POST = f"https://www.tiktok.com/@some.user_1/video/{ID}"


class Site:
    """Redirects by address; keeps what was asked."""

    def __init__(self, redirects: dict[str, str]) -> None:
        self.redirects = redirects
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return httpx.Response(301, headers={b"Location": self.redirects[str(request.url)].encode()}, text="moved")


def followed(site: Callable[[httpx.Request], httpx.Response]) -> PostRef:
    with httpx.Client(transport=httpx.MockTransport(site), follow_redirects=True) as client:
        return follow(LINK, client)


def refusal(site: Callable[[httpx.Request], httpx.Response]) -> TokstackError:
    with pytest.raises(TokstackError) as refused:
        followed(site)
    return refused.value


@pytest.mark.parametrize(
    ("location", "post"),
    [
        (POST, PostRef(ID, "some.user_1")),
        (f"{POST}?_r=1&_t=8abc&u_code=x#top", PostRef(ID, "some.user_1")),
        (f"http://m.tiktok.com/v/{ID}.html?u_code=x", PostRef(ID)),
        (f"https://www.tiktok.com/@some.user_1/photo/{ID}", PostRef(ID, "some.user_1")),
        (f"https://www.tiktok.com/%40some.user_1/video/{ID}", PostRef(ID, "some.user_1")),
        (f"https://www.tiktok.com/@jürgen/video/{ID}", PostRef(ID)),
        (f"//www.tiktok.com/@some.user_1/video/{ID}", PostRef(ID, "some.user_1")),
    ],
)
def test_a_link_leads_to_its_post_which_is_not_fetched(location: str, post: PostRef) -> None:
    site = Site({LINK.url: location})
    assert followed(site) == post
    assert site.asked == [LINK.url]


def test_a_link_may_lead_to_another() -> None:
    site = Site(
        {
            LINK.url: "http://vt.tiktok.com/ZSabc12?k=1",
            "https://vt.tiktok.com/ZSabc12/": "https://www.tiktok.com/t/ZTabc12",
            "https://www.tiktok.com/t/ZTabc12/": f"/@some.user_1/video/{ID}?lang=en",
        }
    )
    assert followed(site) == PostRef(ID, "some.user_1")
    assert len(site.asked) == 3


def test_five_hops_are_followed_and_a_sixth_is_not() -> None:
    chain = [LINK.url, *(f"https://vm.tiktok.com/hop{n}/" for n in range(1, MAX_HOPS))]
    whole = Site(dict(zip(chain, [*chain[1:], POST], strict=True)))
    assert followed(whole) == PostRef(ID, "some.user_1")
    longer = Site({**whole.redirects, chain[-1]: "https://vm.tiktok.com/more/"})
    assert refusal(longer).code is Code.VALIDATION_ERROR
    assert len(longer.asked) == MAX_HOPS


@pytest.mark.parametrize(
    "location",
    [
        LINK.url,  # a loop
        "/ZMabc12",
        "https://evil.example/@u/video/1",
        f"https://evil.example/@u/video/{ID}",
        f"https://tiktok.com.evil.example/@u/video/{ID}",
        f"https://user@www.tiktok.com/@u/video/{ID}",
        "http://127.0.0.1/latest/meta-data/",
        "http://[::1]/",
        "http://169.254.169.254/",
        "file:///etc/passwd",
        "snssdk1233://aweme/detail/1",
        "https://www.tiktok.com/@some.user_1",
        "https://www.tiktok.com/music/original-sound-7345678901234567890",
        "https://www.tiktok.com/loginx",
        "https://ads.tiktok.com/",
        "https://www.tiktok.com/?" + "x" * 3000,
    ],
)
def test_a_link_that_leads_elsewhere_is_refused_and_not_followed(location: str) -> None:
    site = Site({LINK.url: location})
    error = refusal(site)
    assert error.code is Code.VALIDATION_ERROR
    assert error.message == "This short link does not lead to a TikTok post."
    assert set(site.asked) == {LINK.url}


@pytest.mark.parametrize(
    "location",
    ["https://www.tiktok.com/", "https://www.tiktok.com/?_r=1", "https://www.tiktok.com/foryou?lang=en"],
)
def test_the_front_page_means_that_the_post_is_gone(location: str) -> None:
    assert refusal(Site({LINK.url: location})).code is Code.POST_NOT_FOUND


@pytest.mark.parametrize("location", ["https://www.tiktok.com/login?redirect_url=x", "/login/phone"])
def test_a_login_wall_says_nothing_of_the_post(location: str) -> None:
    # Relative to a page of the site itself, as the shorteners have no login.
    site = Site({LINK.url: "https://www.tiktok.com/t/x", "https://www.tiktok.com/t/x/": location})
    error = refusal(site)
    assert error.code is Code.UPSTREAM_CHALLENGE
    assert error.passing


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, Code.POST_NOT_FOUND),
        (410, Code.POST_NOT_FOUND),
        (403, Code.UPSTREAM_CHALLENGE),
        (429, Code.UPSTREAM_RATE_LIMITED),
        (500, Code.UPSTREAM_UNAVAILABLE),
        (503, Code.UPSTREAM_UNAVAILABLE),
        (200, Code.UPSTREAM_CHANGED),
        (204, Code.UPSTREAM_CHANGED),
        (302, Code.UPSTREAM_CHANGED),  # without a Location
        (400, Code.UPSTREAM_CHANGED),
    ],
)
def test_an_answer_without_a_redirect_has_its_meaning(status: int, code: Code) -> None:
    assert refusal(lambda request: httpx.Response(status, text="<html>")).code is code


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (httpx.ReadTimeout("slow"), Code.UPSTREAM_TIMEOUT),
        (httpx.ConnectTimeout("slow"), Code.UPSTREAM_TIMEOUT),
        (RefusedError(Reason.TIME, "the job's time is up"), Code.UPSTREAM_TIMEOUT),
        (RefusedError(Reason.PRIVATE, "not public"), Code.UPSTREAM_UNAVAILABLE),
        (httpx.ConnectError("reset"), Code.UPSTREAM_UNAVAILABLE),
        (httpx.RemoteProtocolError("nonsense"), Code.UPSTREAM_UNAVAILABLE),
    ],
)
def test_trouble_on_the_way_is_the_upstreams(trouble: httpx.HTTPError, code: Code) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise trouble

    assert refusal(broken).code is code


def test_a_body_is_never_read() -> None:
    def unreadable() -> Iterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    def site(request: httpx.Request) -> httpx.Response:
        return httpx.Response(301, headers={"Location": POST}, content=unreadable())

    assert followed(site) == PostRef(ID, "some.user_1")
