"""What an API function does not bring along at its start: that is billed, and its first request may want none of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LATER = {
    *("tokstack.jobs.start", "tokstack.jobs.store", "tokstack.jobs.waiting", "tokstack.media.storage"),
    *("tokstack.posts.models", "tokstack.posts.pages", "tokstack.providers", "httpx"),
    *("tokstack.library.item", "tokstack.library.library", "numpy", "tantivy", "regex", "opensearchpy"),
}


@pytest.mark.parametrize(
    "function", ["download", "convert", "job", "job_file", "library", "library_query", "library_item", "shop_library"]
)
def test_a_start_is_light(function: str) -> None:
    paths = (ROOT / "functions" / function, ROOT / "layers/tokstack")
    told = subprocess.run(
        [sys.executable, "-c", "import app, sys; print(*sys.modules)"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))},
        capture_output=True,
        text=True,
        check=True,
    )
    imported = set(told.stdout.split())
    assert "tokstack.api.entry" in imported
    assert not LATER & imported
