"""The one typed reading of the environment. Every name here is set in `template.yaml`."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


class ConfigError(RuntimeError):
    """The environment lacks a value or holds one that makes no sense: a deployment's fault, never a caller's."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the template tells a function. Times are in seconds, sizes in bytes."""

    table_name: str
    media_bucket: str
    service_name: str
    signing_secret_arn: str
    media_download_function: str
    upstream_gateway: str | None
    allow_anonymous: bool
    random_pool_size: int
    feed_depth: int  # posts of a user that are put into another order at most
    post_ttl: int
    media_link_ttl: int
    media_max_bytes: int
    media_machine_arn: str
    convert_max_seconds: int
    gif_max_seconds: int
    gif_max_fps: int
    gif_max_width: int
    library_table: str
    library_bucket: str
    opensearch_url: str | None  # None where the library is searched by the embedded engine
    api_url: str | None  # None where a function is told by its callers
    media_host: str | None  # None where a function shows no media
    stack_name: str | None  # None where a function calls no other by its name
    jobs_queue_url: str | None  # None where a function does not read it
    library_refresh_queue_url: str | None  # likewise
    ad_library_credentials: str | None  # the name of a parameter; None where the API is not used
    research_credentials: str | None  # likewise
    library_queue_url: str | None  # None where a function neither reads it nor writes to it
    library_index_queue_url: str | None  # likewise

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """Raises ConfigError naming the first variable that is missing or wrong."""
        return cls(
            table_name=_text(environment, "TABLE_NAME"),
            media_bucket=_text(environment, "MEDIA_BUCKET"),
            service_name=_text(environment, "SERVICE_NAME"),
            signing_secret_arn=_text(environment, "SIGNING_SECRET_ARN"),
            media_download_function=_text(environment, "MEDIA_DOWNLOAD_FUNCTION"),
            upstream_gateway=environment.get("UPSTREAM_GATEWAY") or None,
            allow_anonymous=_flag(environment, "ALLOW_ANONYMOUS"),
            random_pool_size=_count(environment, "RANDOM_POOL_SIZE"),
            feed_depth=_count(environment, "FEED_DEPTH"),
            post_ttl=_count(environment, "POST_TTL"),
            media_link_ttl=_count(environment, "MEDIA_LINK_TTL"),
            media_max_bytes=_count(environment, "MEDIA_MAX_BYTES"),
            media_machine_arn=_text(environment, "MEDIA_MACHINE_ARN"),
            convert_max_seconds=_count(environment, "CONVERT_MAX_SECONDS"),
            gif_max_seconds=_count(environment, "GIF_MAX_SECONDS"),
            gif_max_fps=_count(environment, "GIF_MAX_FPS"),
            gif_max_width=_count(environment, "GIF_MAX_WIDTH"),
            library_table=_text(environment, "LIBRARY_TABLE"),
            library_bucket=_text(environment, "LIBRARY_BUCKET"),
            opensearch_url=environment.get("OPENSEARCH_URL") or None,
            api_url=environment.get("API_URL") or None,
            media_host=environment.get("MEDIA_HOST") or None,
            stack_name=environment.get("STACK_NAME") or None,
            jobs_queue_url=environment.get("JOBS_QUEUE_URL") or None,
            library_refresh_queue_url=environment.get("LIBRARY_REFRESH_QUEUE_URL") or None,
            ad_library_credentials=environment.get("AD_LIBRARY_CREDENTIALS") or None,
            research_credentials=environment.get("RESEARCH_CREDENTIALS") or None,
            library_queue_url=environment.get("LIBRARY_QUEUE_URL") or None,
            library_index_queue_url=environment.get("LIBRARY_INDEX_QUEUE_URL") or None,
        )


@cache
def settings() -> Settings:
    """This function's settings, read at the first use."""
    return Settings.read(os.environ)


def _text(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise ConfigError(f"{name} is not set")
    return value


def _flag(environment: Mapping[str, str], name: str) -> bool:
    value = _text(environment, name)
    if value not in ("true", "false"):
        raise ConfigError(f"{name} is neither true nor false: {value!r}")
    return value == "true"


def _count(environment: Mapping[str, str], name: str) -> int:
    value = _text(environment, name)
    if not value.isascii() or not value.isdigit() or int(value) == 0:
        raise ConfigError(f"{name} is not a whole number above zero: {value!r}")
    return int(value)
