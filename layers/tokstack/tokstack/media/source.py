"""Which file of which post: the one name that a link, a storage key and a fetch share."""

from dataclasses import dataclass

TIKTOK = "tiktok"
WEB = "web"  # every other site: `post_id` stands for a page (pages.py)


@dataclass(frozen=True, slots=True)
class Source:
    """One rendition (renditions.py, items.py) of one post of one site."""

    site: str
    post_id: str
    rendition: str

    @property
    def path(self) -> str:
        """`tiktok/7300000000000000000/video`."""
        return f"{self.site}/{self.post_id}/{self.rendition}"

    @property
    def key(self) -> str:
        """Where storage keeps it."""
        return f"source/{self.path}"
