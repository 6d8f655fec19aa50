"""What is a word, in every script."""

import unicodedata

import pytest
import regex
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tokstack.library.text import folded, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("Protein Gummies", ["protein", "gummies"]),
        ("don't U.S.A. rock-n-roll", ["don", "t", "u", "s", "a", "rock", "n", "roll"]),
        ("C++ 50% under_score @user.name", ["c", "50", "under", "score", "user", "name"]),
        ("https://ex.com/a?b=1", ["https", "ex", "com", "a", "b", "1"]),
        ("#TikTokMadeMeBuyIt", ["tiktokmademebuyit"]),
        ("Café CAFÉ cafe\u0301", ["cafe", "cafe", "cafe"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("Ångström naïve Ñandú", ["angstrom", "naive", "nandu"]),
        ("tiếng Việt", ["tieng", "viet"]),
        ("İstanbul ISTANBUL", ["istanbul", "istanbul"]),
        ("ＦＵＬＬ ｗｉｄｔｈ ﬁt x² ½ ①", ["full", "width", "fit", "x2", "1", "2", "1"]),
        ("Крем крем Йогурт", ["крем", "крем", "иогурт"]),
        ("ΛΑΔΙ λάδι σοφός ΣΟΦΟΣ", ["λαδι", "λαδι", "σοφοσ", "σοφοσ"]),
        ("שמן זית", ["שמן", "זית"]),
        ("كَرِيم كريم كـريم", ["كريم", "كريم", "كريم"]),
        ("हिन्दी तेल", ["हिन्दी", "तेल"]),
        ("減肥茶", ["減", "肥", "茶"]),
        ("すごいお茶", ["す", "ご", "い", "お", "茶"]),
        ("ｶﾞｽ ガス", ["ガ", "ス", "ガ", "ス"]),
        ("한국 화장품", ["한", "국", "화", "장", "품"]),
        ("ขายดี", ["ข", "า", "ย", "ด", "ี"]),
        ("iPhone15手机壳", ["iphone15", "手", "机", "壳"]),
        ("🔥sale🔥🔥", ["🔥", "sale", "🔥", "🔥"]),
        ("❤️ ❤ ❤︎", ["❤", "❤", "❤"]),
        ("🇩🇪🇫🇷", ["🇩🇪", "🇫🇷"]),
        ("🇩🇪🇫 a🇩b", ["🇩🇪", "a", "b"]),
        ("a🅰b", ["a", "🅰", "b"]),
        ("!!! ... — \u200d \ufe0f \0", []),
        ("a\u200db", ["ab"]),
        ("one\ntwo\tthree\u3000four\u00a0five", ["one", "two", "three", "four", "five"]),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "length"), [("a" * 99, 99), ("a" * 100, 99), ("é" * 60, 60), ("я" * 60, 98), ("ß" * 60, 99), ("ก" * 9, 3)]
)
def test_a_word_ends_where_engines_refuse_it(text: str, length: int) -> None:
    """Between characters, whatever their bytes."""
    assert len(words(text)[0].encode()) == length


def test_what_is_cut_is_found_by_what_is_cut_alike() -> None:
    assert words("a" * 500) == words("A" * 120)


TEXTS = st.text() | st.text(st.characters(categories=["L", "M", "N", "So"])) | st.text("aéßİıςﬁ②ｶﾞ가각 ́̈ﷺ🇩❤️\u200d")

UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Hangul}\p{Extended_Pictographic}"
WORD = regex.compile(
    rf"[{UNSPACED}]|\p{{Regional_Indicator}}{{2}}"
    rf"|[[\p{{Alphabetic}}\p{{N}}\p{{M}}]--[{UNSPACED}\p{{Regional_Indicator}}]]+",
    regex.VERSION1,
)


@given(TEXTS | st.text("a1é減🇩🇪🇫🔥🅰Ⓜ☀_'\u0e33\u0301\u200d "))
@example("a🅰b 🅱")
@example("🇩 🇪🇫🇷🇩a🇪🇫b")
def test_a_word_is_what_unicode_says_of_its_characters(text: str) -> None:
    assume(all(len(word) <= 24 for word in words(text)))  # longer ones may be cut
    assert words(text) == WORD.findall(folded(text))


@given(TEXTS)
@example("\u0345")  # its case is another kind of letter
@example("ᾲ")
@example("가\u11a8")
@example("が")
def test_to_fold_twice_is_to_fold_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(TEXTS)
def test_words_are_words(text: str) -> None:
    """An engine that splits them at spaces has the very same, and none that it refuses."""
    found = words(text)
    assert " ".join(found).split() == found
    assert words(" ".join(found)) == found
    assert all(0 < len(word.encode()) <= 99 for word in found)


@given(TEXTS, TEXTS)
def test_texts_side_by_side_have_the_words_of_both(left: str, right: str) -> None:
    assert words(f"{left} | {right}") == words(left) + words(right)


@given(st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1))
def test_neither_case_nor_form_matters(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text)) == words(text)
    assert words(text.upper().lower()) == words(text.upper())
