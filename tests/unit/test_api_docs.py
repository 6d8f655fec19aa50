"""The page at `/docs`: whole in one answer, and held to it by its policy."""

import gzip
import re
from base64 import b64decode, b64encode
from hashlib import sha256

import pytest

from tests.exchanges import ask, event
from tokstack.api import docs
from tokstack.api.service import DOCS

pytestmark = pytest.mark.usefixtures("environment")

LARGEST_ANSWER = 6_000_000  # bytes, as Lambda counts them


def test_its_policy_lets_its_own_scripts_run_and_no_other() -> None:
    answer = ask(DOCS, event("/docs"))
    scripts = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    hashes = [f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts]
    policy = answer.headers["Content-Security-Policy"]
    assert len(scripts) == 2
    assert f"script-src {' '.join(hashes)};" in policy
    assert "default-src 'none'" in policy


def test_it_bears_the_services_name() -> None:
    assert "<title>Acme</title>" in ask(DOCS, event("/docs")).text
    assert "<title>a&lt;b</title>" in docs.page("a<b").html


def test_it_fits_into_an_answer() -> None:
    assert len(ask(DOCS, event("/docs")).text.encode()) < LARGEST_ANSWER


def test_it_is_compressed_for_whoever_takes_that() -> None:
    plain = ask(DOCS, event("/docs"))
    small = ask(DOCS, event("/docs", accept_encoding="br, gzip"))
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(b64decode(small.text)).decode() == plain.text
    assert small.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
