"""Text as it is searched: one tokenizer, in Python, for every engine.

folded      without case, accents and width: "Café", "CAFÉ" and "cafe" are the same
words       what is found: whole words, but a single character of a script that sets no spaces, and an emoji

An engine keeps words joined by spaces and splits them there, so that no two engines disagree on what a word is.
"""

import unicodedata
from functools import cache
from typing import Any

_LONGEST = 99  # bytes of a word; engines refuse words without end

# Accents (not the vowel signs of Thai or Hindi, which are letters to their readers), Arabic short vowels and tatweel,
# and what only chooses how an emoji is drawn.
_DROPPED = dict.fromkeys([*range(0x300, 0x370), *range(0x64B, 0x653), 0x640, 0xFE0E, 0xFE0F, 0x200D])

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Hangul}"
_WORD = (
    rf"[{_UNSPACED}]"
    r"|\p{Regional_Indicator}{2}|\p{Extended_Pictographic}"
    rf"|[[\p{{Alphabetic}}\p{{N}}\p{{M}}]--[{_UNSPACED}\p{{Regional_Indicator}}]]+"
)


def folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    # Composed again at the end: Hangul and kana are one character each.
    bare = unicodedata.normalize("NFKD", text.casefold()).casefold().translate(_DROPPED)
    return unicodedata.normalize("NFKC", bare)


def words(text: str) -> list[str]:
    """In their order. Punctuation alone has none."""
    return [_shortened(word) for word in _pattern().findall(folded(text))]


def _shortened(word: str) -> str:
    if len(word) * 4 <= _LONGEST or len(encoded := word.encode()) <= _LONGEST:
        return word
    return encoded[:_LONGEST].decode(errors="ignore")


@cache
def _pattern() -> Any:
    import regex

    return regex.compile(_WORD, regex.VERSION1)
