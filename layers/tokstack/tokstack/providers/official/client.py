"""How the official APIs are asked: with a client's token, and answers in one envelope.

A token is a secret and is kept in this worker's memory alone; it is good for two hours, and each worker's own.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import httpx

from tokstack.errors import Code, TokstackError
from tokstack.posts.normalise.fields import mapping, positive, text
from tokstack.providers import classification
from tokstack.providers.official.credentials import Credentials
from tokstack.providers.session import Session, accept

_HOSTS = frozenset({"open.tiktokapis.com"})
_BASE = "https://open.tiktokapis.com/v2"
_MARGIN = 60.0  # seconds before a token's end that a new one is asked for


class Client:
    def __init__(
        self, session: Session, credentials: Callable[[], Credentials], now: Callable[[], float] = time.time
    ) -> None:
        self._session = session
        self._credentials = credentials
        self._now = now
        self._token, self._until = "", 0.0

    def ask(self, path: str, fields: Iterable[str], body: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        """The `data` of the answer. A token that is refused before its time is replaced, once."""
        with self._session(_HOSTS, seconds) as client:
            response = self._post(client, path, fields, body)
            if classification.is_refused_token(response.content):
                self._until = 0.0
                response = self._post(client, path, fields, body)
            return mapping(classification.official(response.status_code, response.content).get("data"))

    def _post(self, client: httpx.Client, path: str, fields: Iterable[str], body: Mapping[str, Any]) -> httpx.Response:
        if self._now() >= self._until:
            self._renew(client)
        return client.post(
            f"{_BASE}/{path}/",
            params={"fields": ",".join(fields)},
            json=body,
            headers={"Authorization": f"Bearer {self._token}"},
        )

    def _renew(self, client: httpx.Client) -> None:
        known, asked_at = self._credentials(), self._now()
        form = {"client_key": known.key, "client_secret": known.secret, "grant_type": "client_credentials"}
        response = client.post(f"{_BASE}/oauth/token/", data=form)
        answer = classification.json_object(response.status_code, response.content)
        accept(classification.official_token(answer))
        token, lasts = text(answer.get("access_token")), positive(answer.get("expires_in"))
        if token is None or lasts is None:
            raise TokstackError(Code.UPSTREAM_CHANGED, "The upstream gave a token of another shape.")
        self._token, self._until = token, asked_at + lasts - _MARGIN
