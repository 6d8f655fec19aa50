"""Keys: made, kept as a hash, found, switched."""

import re
from hashlib import sha256

import pytest

from tests.tables import Clock
from tokstack.accounts import keys
from tokstack.accounts.keys import Status
from tokstack.errors import Code, TokstackError
from tokstack.table import Table


def test_a_key_is_found_by_its_text(table: Table, clock: Clock) -> None:
    text = keys.create(table, "acme", rate=10, expires_at=clock.now + 60)
    found = keys.find(table, text)
    assert (found.account, found.status, found.rate) == ("acme", Status.ACTIVE, 10)
    assert (found.created_at, found.valid_until) == (clock.now, clock.now + 60)


def test_a_key_is_recognisable_and_never_the_same(table: Table) -> None:
    made = {keys.create(table, "acme") for _ in range(20)}
    assert len(made) == 20
    assert all(re.fullmatch(r"tok_[A-Za-z0-9]{40}", text) for text in made)


def test_only_the_hash_is_kept(table: Table) -> None:
    text = keys.create(table, "acme")
    (listed,) = keys.listing(table)
    assert listed.hash == sha256(text.encode()).hexdigest()
    assert listed.hint == text[:12]
    assert text[12:] not in repr(listed) + repr(list(table.query("KEYS"))) + repr(
        list(table.query(f"KEY#{listed.hash}"))
    )


@pytest.mark.parametrize("text", [None, ""])
def test_no_key(table: Table, text: str | None) -> None:
    with pytest.raises(TokstackError) as refused:
        keys.find(table, text)
    assert refused.value.code is Code.MISSING_API_KEY


@pytest.mark.parametrize(
    "text", ["x", "tok_", "tok_" + "a" * 40, "tok_" + "a" * 41, "tok_\x00", "tok_é", "k" * 1_000], ids=ascii
)
def test_an_unknown_or_malformed_key(table: Table, text: str) -> None:
    keys.create(table, "acme")
    with pytest.raises(TokstackError) as refused:
        keys.find(table, text)
    assert refused.value.code is Code.INVALID_API_KEY
    assert text not in refused.value.message


def test_a_key_is_named_by_its_beginning_or_whole(table: Table) -> None:
    first, second = keys.create(table, "acme"), keys.create(table, "other")
    assert keys.set_status(table, first[:12], Status.DISABLED).status is Status.DISABLED
    assert keys.set_status(table, second, Status.REVOKED).account == "other"
    assert {key.hint: key.status for key in keys.listing(table)} == {
        first[:12]: Status.DISABLED,
        second[:12]: Status.REVOKED,
    }


def test_a_disabled_key_may_come_back_and_a_revoked_one_not(table: Table) -> None:
    text = keys.create(table, "acme")
    keys.set_status(table, text, Status.DISABLED)
    assert keys.set_status(table, text, Status.ACTIVE).status is Status.ACTIVE
    keys.set_status(table, text, Status.REVOKED)
    assert keys.set_status(table, text, Status.REVOKED).status is Status.REVOKED
    for status in (Status.ACTIVE, Status.DISABLED):
        with pytest.raises(TokstackError, match="stays revoked"):
            keys.set_status(table, text, status)


@pytest.mark.parametrize("name", ["tok_unknown1", "tok_", ""])
def test_switching_an_unknown_key(table: Table, name: str) -> None:
    with pytest.raises(TokstackError) as refused:
        keys.set_status(table, name, Status.DISABLED)
    assert refused.value.code is Code.INVALID_API_KEY


@pytest.mark.parametrize("rate", [0, -1, 10_001])
def test_a_rate_that_makes_no_sense(table: Table, rate: int) -> None:
    with pytest.raises(TokstackError) as refused:
        keys.create(table, "acme", rate=rate)
    assert refused.value.code is Code.VALIDATION_ERROR


@pytest.mark.parametrize("account", ["", "a b", "a#b", "-a", "a" * 65, "ä"])
def test_an_account_name_that_makes_no_sense(table: Table, account: str) -> None:
    with pytest.raises(TokstackError) as refused:
        keys.create(table, account)
    assert refused.value.code is Code.VALIDATION_ERROR
