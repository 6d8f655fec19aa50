"""Files as they come: in pieces, zipped, broken, and made to do harm."""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.library_items import FIRST, line
from tokstack.library import lines as module
from tokstack.library.item import Item
from tokstack.library.lines import LONGEST, Line, Place, Rejection, is_gzip, lines, unzipped_lines
from tokstack.library.merge import canonical
from tokstack.library.reading import read

BOM = b"\xef\xbb\xbf"
MANY = b"".join(line(number) + b"\n" for number in range(2000))


def cut(text: bytes, size: int) -> Iterator[bytes]:
    return (text[start : start + size] for start in range(0, len(text), size))


def taken(text: bytes | Iterable[bytes]) -> list[str]:
    """The ids of the items, and of what was rejected the lines and why."""
    pieces = [text] if isinstance(text, bytes) else text
    return [
        each.tiktok_id if isinstance(each, Item) else f"{each.number}: {each.reason}" for each in read(lines(pieces))
    ]


@given(st.lists(st.binary(max_size=9).map(lambda part: part.replace(b"\n", b"x"))), st.integers(1, 7))
def test_lines_are_those_that_were_written_however_they_are_cut(written: list[bytes], size: int) -> None:
    text = b"|" + b"\n".join(written)
    found = list(lines(cut(text, size)))
    expected = [each for each in enumerate(text.split(b"\n"), 1) if each[1] and not each[1].isspace()]
    assert [(each.number, each.text) for each in found if isinstance(each, Line)] == expected


@given(st.integers(0, 30), st.booleans())
def test_a_file_is_read_on_from_wherever_it_was_left(count: int, zipped: bool) -> None:
    text = b"\n".join([line(0), b"", line(1), b"no", line(2), b" ", line(3)]) + b"\n"
    whole = list(lines([text]))
    place = Place()
    for each in whole[:count]:
        place = Place(each.number, each.end)
    rest = unzipped_lines([gzip.compress(text)], place) if zipped else lines([text[place.offset :]], place)
    assert list(rest) == whole[count:]


def test_what_a_file_may_begin_end_and_be_interspersed_with() -> None:
    text = BOM + line(0) + b"\r\n\r\n \t\n" + line(1) + b"\n\n" + line(2)
    expected = [str(FIRST + number) for number in range(3)]
    assert taken(text) == expected
    assert [each.number for each in lines([text])] == [1, 4, 6]
    assert taken(b"") == taken(b"\n\n") == taken(BOM) == []


def test_a_long_line_is_passed_over_and_never_held() -> None:
    seen = []

    def pieces() -> Iterator[bytes]:
        yield line(0) + b"\n"
        for _ in range(1600):  # a hundred million bytes
            yield b"x" * 65_536
        yield b"\n" + line(1)

    for each in lines(pieces()):
        seen.append(each)
        assert len(each.text if isinstance(each, Line) else each.excerpt) < 1000
    assert [each.number for each in seen] == [1, 2, 3]
    assert taken(pieces())[1] == f"2: A line has at most {LONGEST} bytes."


def test_a_line_of_the_greatest_length_is_read() -> None:
    text = line(0, bio="x" * (LONGEST - len(line(0, bio=""))))
    assert len(text) == LONGEST
    assert taken(text + b"\n" + text + b" ") == [str(FIRST), f"2: A line has at most {LONGEST} bytes."]


def test_a_line_without_any_end_ends_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_HOPELESS", 3 << 20)
    pieces = iter([b"x" * LONGEST] * 9)
    (rejection,) = lines(pieces)
    assert isinstance(rejection, Rejection)
    assert "the rest of the file was not read" in rejection.reason
    assert len(list(pieces)) == 5


@pytest.mark.parametrize("size", [1, 7, 1000, 1 << 20])
def test_gzip_is_known_by_its_bytes_and_may_be_several_in_one(size: int) -> None:
    zipped = gzip.compress(MANY) + gzip.compress(line(-1) + b"\n") + b"\0" * 700 + gzip.compress(line(-2))
    assert is_gzip(zipped)
    assert not is_gzip(MANY)
    found = list(unzipped_lines(cut(zipped, size)))
    assert [each.number for each in found] == list(range(1, 2003))
    assert all(isinstance(each, Line) for each in found)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (gzip.compress(MANY)[:-1], "ends before its end"),
        (gzip.compress(MANY)[: -len(gzip.compress(MANY)) // 2], "ends before its end"),
        (gzip.compress(MANY)[:-8] + b"\0" * 8, "damaged"),
        (gzip.compress(MANY) + b"something else", "damaged"),
        (b"\x1f\x8b", "ends before its end"),
        (b"\x1f\x8bno gzip at all", "damaged"),
    ],
)
def test_of_a_broken_gzip_file_what_can_be_read_is(broken: bytes, reason: str) -> None:
    *found, last = unzipped_lines([broken])
    assert isinstance(last, Rejection)
    assert reason in last.reason
    texts = [each.text for each in found if isinstance(each, Line)]
    assert texts[: len(texts) - 1] == MANY.splitlines()[: max(0, len(texts) - 1)]
    assert len(found) <= last.number <= len(found) + 1


def test_a_gzip_bomb_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_EXPANDED", 4 << 20)
    bomb = zlib.compressobj(wbits=31)
    zipped = b"".join(bomb.compress(b"\n" * (1 << 20)) for _ in range(30)) + bomb.flush()
    *found, last = unzipped_lines([zipped])
    assert isinstance(last, Rejection)
    assert (found, last.reason.split(":")[0]) == ([], "The file expands more than 100 times")
    assert last.end < (5 << 20)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"{", "This is no JSON: Expecting property name enclosed in double quotes at character 2."),
        (b"{} {}", "This is no JSON: Extra data at character 4."),
        (b"null", "This is neither an item nor a payload of any known upstream."),
        (b"{}", "This is neither an item nor a payload of any known upstream."),
        (b'"7320768196569599275"', "This is neither an item nor a payload of any known upstream."),
        (b'{"tiktokId": "1", "tiktokId": "2"}', 'This says "tiktokId" twice.'),
        (b'{"tiktokId": "1", "metrics": {"views": 1, "views": 2}}', 'This says "views" twice.'),
        (b'{"tiktokId": "1", "metrics": {"views": NaN}}', "This is no JSON: NaN is no number."),
        (b'{"tiktokId": "1", "x": -Infinity}', "This is no JSON: -Infinity is no number."),
        (b'{"tiktokId": "1", "media": {"durationSec": 1e999}}', "media.durationSec: Input should be a finite number."),
        (b'{"tiktokId": ' + b"1" * 5000 + b"}", "This has a number with more digits than a number has."),
        (b"[" * 100_000 + b"]" * 100_000, "This is nested too deeply."),
        (b'{"tiktokId": "1", "x": ' + b'{"a":' * 30_000 + b"1" + b"}" * 30_000 + b"}", "This is nested too deeply."),
        ('{"tiktokId": "1", "bio": "é"}'.encode("latin-1"), "This is no UTF-8."),
        ('{"tiktokId": "1"}'.encode("utf-16"), "This is no UTF-8."),
        ('{"tiktokId": "1"}'.encode("utf-32"), "This is no UTF-8."),
        (b"\x00\x01\x02", "This is no JSON: Expecting value at character 1."),
        (b'{"tiktokId": "0"}', "tiktokId: Value error, is to be TikTok's id: digits, below 2^63."),
        (b'{"tiktokId": "9223372036854775808"}', "tiktokId: Value error, is to be TikTok's id: digits, below 2^63."),
        (b'{"tiktokId": true}', "tiktokId: Input should be a valid string."),
        (b'{"tiktokId": "1", "metrics": {"views": -1}}', "metrics.views: Input should be greater than or equal to 0."),
        (b'{"tiktokId": "1", "metrics": []}', "metrics: Input should be a valid dictionary or instance of Metrics."),
    ],
)
def test_a_bad_line_is_told_of_and_the_others_are_taken(text: bytes, reason: str) -> None:
    assert taken(line(0) + b"\n" + text + b"\n" + line(1)) == [str(FIRST), f"2: {reason}", str(FIRST + 1)]


def test_a_file_in_another_encoding_is_one_rejection() -> None:
    text = "\n".join(["{}"] * 5000)
    for encoding in ("utf-16", "utf-32"):
        assert taken(text.encode(encoding)) == ["1: This is no UTF-8."]


def test_what_cannot_be_stored_is_left_out_of_texts() -> None:
    text = rb'{"tiktokId": "1", "content": {"description": "a\u0000b\ud83dc \ud83d\ude00", "hashtags": ["x\u0000"]}}'
    (found,) = read(lines([text]))
    assert isinstance(found, Item)
    assert (found.content.description, found.content.hashtags) == ("abc 😀", ("x",))


@given(st.binary(max_size=60) | st.text(max_size=30).map(str.encode))
def test_whatever_stands_in_a_line_is_an_item_or_a_rejection(text: bytes) -> None:
    for each in read(lines([text])):
        assert isinstance(each, Item) or each.reason.endswith(".")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(Item.model_fields)), inner),
    max_leaves=8,
)


_said = st.dictionaries(st.sampled_from([field.alias or "" for field in Item.model_fields.values()]), _json)


@given(_said)
def test_whatever_stands_under_the_names_of_an_item_is_one_or_is_told_of(said: dict[str, object]) -> None:
    for each in read(lines([json.dumps({"tiktokId": "1", **said}).encode()])):
        assert isinstance(each, Item) or each.reason.endswith(".")


@given(_said)
@example({"updatedAt": "2026-01-31T12:00:00.123456+01:00", "publishedAt": 0, "shop": {"googleCategoryIds": [1, "1"]}})
@example({"content": {"description": " ", "hashtags": [" "], "music": {"id": 7}}, "media": {"durationSec": 1e-9}})
def test_what_we_wrote_ourselves_is_read_as_it_was(said: dict[str, object]) -> None:
    for each in read(lines([json.dumps({"tiktokId": "01", **said}).encode()])):
        assert isinstance(each, Rejection) or Item.model_validate_json(canonical(each)) == each
