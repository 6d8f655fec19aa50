"""Text as it is searched: one tokenizer, in Python, for every engine.

folded      without case, accents and width: "Café", "CAFÉ" and "cafe" are the same
words       what is found: whole words, but a single character of a script that sets no spaces, and an emoji

An engine keeps words joined by spaces and splits them there, so that no two engines disagree on what a word is.
"""

import re
import unicodedata
from functools import cache

_LONGEST = 99  # bytes of a word; engines refuse words without end
_SHORT = _LONGEST // 4  # characters that are never more bytes

# Accents (not the vowel signs of Thai or Hindi, which are letters to their readers), Arabic short vowels and tatweel,
# and what only chooses how an emoji is drawn.
_DROPPED = re.compile("[\u0300-\u036f\u064b-\u0652\u0640\ufe0e\ufe0f\u200d]+")

_FLAG = re.compile("([\U0001f1e6-\U0001f1ff]{2})|[\U0001f1e6-\U0001f1ff]")  # two letters; one alone is none
_ALONE = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Hangul}\p{Extended_Pictographic}]"
_PART = r"[\p{Alphabetic}\p{N}\p{M}\p{Regional_Indicator}]"


def folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    # Composed again at the end: Hangul and kana are one character each.
    bare = _DROPPED.sub("", unicodedata.normalize("NFKD", text.casefold()).casefold())
    return unicodedata.normalize("NFKC", bare)


def words(text: str) -> list[str]:
    """In their order. Punctuation alone has none."""
    bare = folded(text)
    apart = bare if bare.isascii() else _FLAG.sub(r" \1 ", bare)
    return [word if len(word) <= _SHORT else _shortened(word) for word in apart.translate(_forms()).split()]


def _shortened(word: str) -> str:
    return word.encode()[:_LONGEST].decode(errors="ignore")


class _Forms(dict[int, str]):
    """Of each character that was ever seen: part of a word as it is, a word by itself set apart, others a space."""

    def __init__(self) -> None:
        import regex

        self._alone, self._part = regex.compile(_ALONE), regex.compile(_PART)

    def __missing__(self, code: int) -> str:
        character = chr(code)
        part = character if self._part.match(character) else " "
        self[code] = form = f" {character} " if self._alone.match(character) else part
        return form


@cache
def _forms() -> _Forms:
    return _Forms()
