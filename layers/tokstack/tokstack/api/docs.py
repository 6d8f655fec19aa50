"""The page at `/docs`: Swagger UI, whole in one answer. It asks nobody but this service."""

import gzip
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path

import aws_lambda_powertools

_START = """
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  validatorUrl: null,
})
"""


@dataclass(frozen=True, slots=True)
class Page:
    html: str
    gzipped: bytes
    policy: str  # its Content-Security-Policy


@cache
def page(title: str) -> Page:
    assets = Path(aws_lambda_powertools.__file__).parent / "event_handler/openapi/swagger_ui"
    style = (assets / "swagger-ui.min.css").read_text("utf-8")
    bundle = (assets / "swagger-ui-bundle.min.js").read_text("utf-8")
    html = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<div id="swagger-ui"></div>
<script>{bundle}</script>
<script>{_START}</script>
</body>
</html>
"""
    return Page(html, gzip.compress(html.encode(), mtime=0), _policy(bundle, _START))


def _policy(*scripts: str) -> str:
    """Only these scripts run, and they reach this service alone. Swagger UI sets styles and draws its icons itself."""
    hashes = " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
