"""The environment is read once, whole, and refused where it makes no sense."""

import re
from pathlib import Path

import pytest
from samtranslator.yaml_helper import yaml_parse

from tokstack.config import ConfigError, Settings

GOOD = {
    "TABLE_NAME": "tokstack-data",
    "MEDIA_BUCKET": "tokstack-media",
    "SERVICE_NAME": "tokstack",
    "SIGNING_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:tokstack-signing",
    "MEDIA_DOWNLOAD_FUNCTION": "tokstack-media-download",
    "UPSTREAM_GATEWAY": "",
    "API_URL": "",
    "JOBS_QUEUE_URL": "",
    "LIBRARY_REFRESH_QUEUE_URL": "",
    "AD_LIBRARY_CREDENTIALS": "",
    "RESEARCH_CREDENTIALS": "",
    "ALLOW_ANONYMOUS": "false",
    "RANDOM_POOL_SIZE": "200",
    "FEED_DEPTH": "500",
    "POST_TTL": "3600",
    "MEDIA_LINK_TTL": "86400",
    "MEDIA_MAX_BYTES": "524288000",
    "MEDIA_MACHINE_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:tokstack-media",
    "CONVERT_MAX_SECONDS": "1800",
    "GIF_MAX_SECONDS": "60",
    "GIF_MAX_FPS": "15",
    "GIF_MAX_WIDTH": "480",
    "STACK_NAME": "tokstack",
    "MEDIA_HOST": "media.example",
    "LIBRARY_TABLE": "tokstack-library",
    "LIBRARY_BUCKET": "tokstack-library-123456789012-us-east-1",
    "OPENSEARCH_URL": "https://search.example",
    "LIBRARY_QUEUE_URL": "",
    "LIBRARY_INDEX_QUEUE_URL": "",
}
OPTIONAL = {
    "STACK_NAME",
    "MEDIA_HOST",
    "UPSTREAM_GATEWAY",
    "API_URL",
    "JOBS_QUEUE_URL",
    "OPENSEARCH_URL",
    "LIBRARY_QUEUE_URL",
    "LIBRARY_INDEX_QUEUE_URL",
    "LIBRARY_REFRESH_QUEUE_URL",
    "AD_LIBRARY_CREDENTIALS",
    "RESEARCH_CREDENTIALS",
}


def test_a_whole_environment_is_read() -> None:
    settings = Settings.read({**GOOD, "ALLOW_ANONYMOUS": "true", "UPSTREAM_GATEWAY": "http://127.0.0.1:4000"})
    assert settings.allow_anonymous
    assert settings.upstream_gateway == "http://127.0.0.1:4000"
    assert (settings.random_pool_size, settings.post_ttl) == (200, 3600)
    assert Settings.read(GOOD).upstream_gateway is None


@pytest.mark.parametrize("name", sorted(GOOD.keys() - OPTIONAL))
def test_a_missing_or_empty_value_is_named(name: str) -> None:
    for environment in ({**GOOD, name: ""}, {other: value for other, value in GOOD.items() if other != name}):
        with pytest.raises(ConfigError, match=name):
            Settings.read(environment)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOW_ANONYMOUS", "yes"),
        ("ALLOW_ANONYMOUS", "True"),
        ("POST_TTL", "0"),
        ("POST_TTL", "-1"),
        ("POST_TTL", "1.5"),
        ("POST_TTL", "1e3"),
        ("RANDOM_POOL_SIZE", "many"),
        ("MEDIA_MAX_BYTES", "٥"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Settings.read({**GOOD, name: value})


def test_the_template_sets_exactly_what_is_read() -> None:
    root = Path(__file__).parents[2]
    template = yaml_parse((root / "template.yaml").read_text())
    functions = [*template["Globals"].values(), *(each["Properties"] for each in template["Resources"].values())]
    set_by_template = {name for each in functions for name in each.get("Environment", {}).get("Variables", {})}
    source = (root / "layers/tokstack/tokstack/config.py").read_text()
    assert set(re.findall(r'"([A-Z_]{5,})"', source)) == set_by_template == set(GOOD)
