"""Which URLs the media family takes, and what a job is then about."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokstack.api import subjects
from tokstack.api.subjects import Address, One, Profile, any_of, one, subject
from tokstack.errors import Code, TokstackError
from tokstack.jobs.work import Site, Subject
from tokstack.media import pages
from tokstack.posts.references import PostRef, ShortLink
from tokstack.table import Table

ID = "7300000000000000001"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (ID, PostRef(ID)),
        (f"https://www.tiktok.com/@lake/video/{ID}", PostRef(ID, "lake")),
        (f" https://www.tiktok.com/@lake/photo/{ID}?lang=en ", PostRef(ID, "lake")),
        ("https://vm.tiktok.com/ZM1/", ShortLink("https://vm.tiktok.com/ZM1/")),
        (f"https://www.tiktok.com/@lake?shareId={ID}", PostRef(ID)),
        ("https://vimeo.com/22439234", Address("https://vimeo.com/22439234")),
        ("vimeo.com/22439234#t=3", Address("https://vimeo.com/22439234")),
        ("http://Example.COM:80/a b".replace(" ", "%20"), Address("http://example.com/a%20b")),
        ("https://nottiktok.com/@lake", Address("https://nottiktok.com/@lake")),
        ("https://tiktok.com.example.com/@lake", Address("https://tiktok.com.example.com/@lake")),
    ],
)
def test_a_post_or_a_page(url: str, found: One) -> None:
    assert one(url) == found
    assert any_of(url) == found


@pytest.mark.parametrize(
    "url",
    [
        "https://www.tiktok.com/@Lake",
        "tiktok.com/@lake/",
        "https://m.tiktok.com/@lake?lang=en",
        "https://www.tiktok.com/%40lake",
    ],
)
def test_a_profile_is_many_posts(url: str) -> None:
    assert any_of(url) == Profile("lake")
    with pytest.raises(TokstackError, match="does not lead to a post"):
        one(url)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("7", "A TikTok post id has 18 to 21 digits."),
        ("https://www.tiktok.com/", "This TikTok link does not lead to a post."),
        ("https://www.tiktok.com/tag/baking", "This TikTok link does not lead to a post."),
        ("https://www.tiktok.com/@lake/live", "This TikTok link does not lead to a post."),
        ("https://www.tiktok.com:443/explore", "This is not a link to a TikTok post."),
        ("https://ads.tiktok.com/x", "This is not a link to a TikTok post."),
        ("hello", "This link does not name a site of the public internet."),
        ("file:///etc/passwd", "Only links that begin with http:// or https:// can be fetched."),
        ("http://127.0.0.1/", "This link does not name a site of the public internet."),
        ("http://169.254.169.254/latest/meta-data/", "This link does not name a site of the public internet."),
        ("https://user:password@vimeo.com/1", "A link with a user name or a password is not fetched."),
        ("https://vimeo.com:8443/1", "Only links to the ports 80 and 443 are fetched."),
        ("https://vimeo.com/\0", "This contains characters that no link or username has."),
        ("https://vimeo.com/" + "a" * 3000, "This is longer than 2048 characters."),
    ],
)
def test_what_is_no_link_of_either_kind(url: str, message: str) -> None:
    for read in (one, any_of):
        with pytest.raises(TokstackError) as refused:
            read(url)
        assert (refused.value.code, refused.value.message) == (Code.VALIDATION_ERROR, message)


@pytest.mark.parametrize("handle", ["a" * 25, "a b", "ä", "a%2Fb"])
def test_a_profile_of_nobody(handle: str) -> None:
    with pytest.raises(TokstackError) as refused:
        any_of(f"https://www.tiktok.com/@{handle}")
    assert refused.value.code is Code.VALIDATION_ERROR


@given(st.text() | st.text(alphabet="htps:/.@%?#tikovm1com\u212a \0", max_size=40))
def test_no_text_raises_anything_else_and_tiktok_is_never_a_page(text: str) -> None:
    with suppress(TokstackError):
        found = any_of(text)
        assert not (isinstance(found, Address) and "//www.tiktok.com/" in found.url)


class FakeUpstream:
    def resolve(self, reference: ShortLink) -> PostRef:
        assert reference == ShortLink("https://vm.tiktok.com/ZM1/")
        return PostRef(ID)


def test_what_a_job_is_about(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subjects, "upstream", FakeUpstream)
    post = Subject(Site.TIKTOK, ID)
    assert subject(PostRef(ID, "lake"), table) == post
    assert subject(ShortLink("https://vm.tiktok.com/ZM1/"), table) == post
    page = subject(Address("https://vimeo.com/1"), table)
    assert (page.site, page.address) == (Site.WEB, "https://vimeo.com/1")
    assert pages.recall(table, page.id) == "https://vimeo.com/1"
