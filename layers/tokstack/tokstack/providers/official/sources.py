"""What is asked of the official APIs, within what they allow in a day.

    sources().ads(query, cursor)        a page of ads
    sources().ad(ad_id)                 one ad, with what it leads to
    sources().videos(query, cursor)     a page of posts

Each raises QuotaSpentError where today's requests are spent, and SERVICE_UNAVAILABLE where no credentials are named.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import TypeVar

from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.posts.ads import Ad
from tokstack.posts.models import Post
from tokstack.providers.asking import Asking, NotAskedError
from tokstack.providers.circuit import Circuits
from tokstack.providers.deadline import Deadline
from tokstack.providers.limiter import Limiter
from tokstack.providers.official import ad_library, research
from tokstack.providers.official.ad_library import AdLibrary, AdQuery
from tokstack.providers.official.client import Client
from tokstack.providers.official.credentials import credentials
from tokstack.providers.official.quota import Quota
from tokstack.providers.official.research import Research, VideoQuery
from tokstack.providers.protocol import Page
from tokstack.providers.session import guarded, sessions
from tokstack.table import Table, table

T = TypeVar("T")
P = TypeVar("P", AdLibrary, Research)

NAMES = (AdLibrary.name, Research.name)

_DEADLINE = 20.0  # seconds
_TRIES = 3  # they fail for a moment now and then


class Sources:
    def __init__(self, table: Table, asking: Asking, ads: AdLibrary | None, posts: Research | None) -> None:
        self._table = table
        self._asking = asking
        self._ads = ads
        self._posts = posts

    def ads(self, query: AdQuery, cursor: str | None) -> Page[Ad]:
        return self._page(_configured(self._ads), ad_library.PAGE, lambda it, left: it.ads(query, cursor, left))

    def ad(self, ad_id: str) -> Ad:
        return self._asked(_configured(self._ads), 1, lambda it, left: it.ad(ad_id, left))

    def videos(self, query: VideoQuery, cursor: str | None) -> Page[Post]:
        return self._page(_configured(self._posts), research.PAGE, lambda it, left: it.videos(query, cursor, left))

    def _page(self, provider: P, most: int, question: Callable[[P, float], Page[T]]) -> Page[T]:
        page = self._asked(provider, most, question)
        if (unused := most - len(page.items)) > 0:
            self._quota(provider).give_back(unused)
        return page

    def _asked(self, provider: P, records: int, question: Callable[[P, float], T]) -> T:
        """Every attempt is one of the day's."""
        quota, deadline, tries = self._quota(provider), Deadline(_DEADLINE), _TRIES
        while True:
            tries -= 1
            quota.spend(records)
            try:
                return self._asking.ask(provider, question, deadline)
            except NotAskedError:
                quota.give_back(records, requests=1)
                raise
            except TokstackError as error:
                quota.give_back(records)
                if not error.passing or not tries:
                    raise

    def _quota(self, provider: AdLibrary | Research) -> Quota:
        return Quota(self._table, provider.name, provider.allowance)


def _configured(provider: P | None) -> P:
    if provider is None:
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "No credentials are named for this official API.")
    return provider


@cache
def sources() -> Sources:
    """This function's."""
    session = sessions(guarded(settings().upstream_gateway))

    def client(parameter: str) -> Client:
        return Client(session, partial(credentials, parameter))

    ads, posts = settings().ad_library_credentials, settings().research_credentials
    return Sources(
        table(),
        Asking(Circuits(table()), Limiter(table())),
        AdLibrary(client(ads)) if ads else None,
        Research(client(posts)) if posts else None,
    )
