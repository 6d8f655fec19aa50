"""GET / and what it needs: the page for people."""

from pathlib import Path

from tokstack.api.console import console
from tokstack.api.entry import serve

handler = serve(console(Path(__file__).with_name("page")))
