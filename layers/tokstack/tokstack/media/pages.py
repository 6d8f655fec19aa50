"""Pages of other sites: an id stands for an address, in links and in storage.

PAGE#{id} / PAGE    address
"""

from hashlib import sha256

from tokstack.errors import Code, TokstackError
from tokstack.table import Key, Put, Table

_DIGITS = 32  # hexadecimal: nobody finds a second address for an id
_KEPT = 30 * 86_400  # seconds: longer than any link is good


def remember(table: Table, address: str) -> str:
    """The id of a page."""
    page_id = sha256(address.encode()).hexdigest()[:_DIGITS]
    key = _key(page_id)
    table.put(Put({"pk": key.pk, "sk": key.sk, "address": address, "expires_at": table.now() + _KEPT}))
    return page_id


def recall(table: Table, page_id: str) -> str:
    """The address that an id stands for. Raises POST_NOT_FOUND where it was forgotten."""
    item = table.get(_key(page_id))
    if item is None:
        raise TokstackError(Code.POST_NOT_FOUND, "It was too long ago that this page was asked for.")
    return str(item["address"])


def _key(page_id: str) -> Key:
    return Key(f"PAGE#{page_id}", "PAGE")
