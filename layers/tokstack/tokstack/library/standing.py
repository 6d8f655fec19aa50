"""How items stand among those of their profile, and how the profile stands: made once a day, read with each page."""

from collections.abc import Mapping

from tokstack.library.item import Moment, Part

DELTAS = (3, 7, 14, 30)  # days


class ItemStanding(Part):
    """`deltas` in the order of DELTAS: places won since then, None where it was not ranked then."""

    rank: int
    deltas: tuple[int | None, int | None, int | None, int | None] = (None, None, None, None)


class PageSnapshot(Part):
    """The profile's newest day, and the change since the one before it."""

    recorded_at: Moment
    ads_count: int
    organic_count: int
    total_tik_toks: int | None = None
    daily_views: int | None = None
    daily_likes: int | None = None
    daily_followers: int | None = None


class ProfileStanding(Part):
    """`ranked` is how many items have a rank; `items` has them by TikTok id."""

    ranked: int
    percent_ads: float | None = None
    new_tik_toks: int = 0
    snapshot: PageSnapshot | None = None
    items: Mapping[str, ItemStanding] = {}
