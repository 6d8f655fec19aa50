"""What the library knows of one item, out of all observations of it; and what follows from that alone.

engagement_rate     in hundredths of a per cent, which is the two decimals that are shown
days_running        whole days
"""

from datetime import datetime

from tokstack.library.item import Item, Metrics, Moment, Part

_DAY = 86_400  # seconds


class Document(Part):
    """`item` is the newest observation. The moments are the least and the greatest of all observations, so it does not
    matter in which order these came.

    `created_at`        when the library first had it
    `indexed_at`        when the library had the newest observation
    `first_seen_at`     the first moment at which it is known to have been there (an ad: to have been shown)
    `last_active_at`    the last moment at which it is known to have been active
    `last_seen_unpinned_at`     the last moment at which it was seen not pinned, whether it ever had been or not
    """

    item: Item
    created_at: Moment
    indexed_at: Moment
    first_seen_at: Moment
    last_active_at: Moment | None = None
    first_pinned_at: Moment | None = None
    last_pinned_at: Moment | None = None
    last_seen_unpinned_at: Moment | None = None

    @property
    def last_unpinned_at(self) -> datetime | None:
        """The last moment at which it was seen not pinned, after it had been."""
        first, last = self.first_pinned_at, self.last_seen_unpinned_at
        return last if first and last and last > first else None


def engagement_rate(metrics: Metrics) -> int | None:
    """(likes + comments + shares + saves) / views, rounded half up; None where the views are not known or 0."""
    if not metrics.views:
        return None
    engaged = sum(count or 0 for count in (metrics.likes, metrics.comments, metrics.shares, metrics.saves))
    return (engaged * 10_000 * 2 + metrics.views) // (metrics.views * 2)


def days_running(document: Document) -> int | None:
    """At least 1; None where it was never seen active."""
    if document.last_active_at is None:
        return None
    seconds = (document.last_active_at - document.first_seen_at).total_seconds()
    return max(1, int(seconds // _DAY))
