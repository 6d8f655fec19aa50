"""What a made library is made of: words of several scripts, hashtags, profiles, shops and music, always the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from random import Random
from typing import Any

import numpy as np

from tokstack.library.engines.embedded.arrays import Array

WORDS, FOREIGN = 120_000, 15_000
LANGUAGES = ("en", "es", "de", "fr", "pt", "it", "id", "vi")
COUNTRIES = ("US", "GB", "DE", "FR", "ES", "IT", "BR", "MX", "CA", "AU", "JP", "KR", "TH", "CN", "SA", "ID", "VN")
CATEGORIES = (
    *("beauty", "fashion", "home", "fitness", "food", "tech"),
    *("pets", "toys", "health", "auto", "books", "travel"),
)
EMOJI = ("🔥", "😂", "❤️", "✨", "👍🏽", "👩‍👩‍👧", "🇩🇪", "💪", "🎉", "😭", "☀️", "™", "1️⃣", "🥹", "🫶")
SIGNS = (
    *("don't", "C++", "50%", "rock-n-roll", "@user.name", "https://ex.com/a?b=1", "U.S.A.", "ＦＵＬＬｗｉｄｔｈ"),
    *("ﬁt", "①", "½", "e\u0301clair", "under_score", "x²"),
)

_ONSETS = (*"bcdfghklmnprstvz", "st", "tr", "pl", "ch")
_SYLLABLES = ["".join(parts) for parts in product(_ONSETS, "aeiou", ("", "", "n", "r", "s", "l"))]
_MARKED = (("e", "é", 0.01), ("a", "à", 0.015), ("n", "ñ", 0.02))


@dataclass(frozen=True, slots=True)
class Chances:
    """The first is drawn the most often: Zipf's law, as steep as said."""

    sums: Array

    @classmethod
    def of(cls, count: int, steepness: float) -> "Chances":
        sums = np.cumsum(1 / np.arange(1, count + 1) ** steepness)
        return cls(sums / sums[-1])

    def draw(self, random: np.random.Generator, count: int) -> list[int]:
        drawn: list[int] = np.searchsorted(self.sums, random.random(count)).tolist()
        return drawn


@dataclass(frozen=True, slots=True)
class Vocabulary:
    words: Sequence[str]
    foreign: Mapping[str, Sequence[str]]
    hashtags: Sequence[str]
    profiles: Sequence[dict[str, Any]]
    shops: Sequence[dict[str, Any]]
    music: Sequence[dict[str, Any]]


@cache
def vocabulary() -> Vocabulary:
    random = Random(7)
    words = _latin(random)
    foreign = {script: [_foreign(random, alphabet) for _ in range(FOREIGN)] for script, alphabet in _alphabets(random)}
    return Vocabulary(
        words,
        foreign,
        _hashtags(random, words, foreign),
        [_profile(random, words, foreign, number) for number in range(20_000)],
        [_shop(random, words, number) for number in range(5_000)],
        [_song(random, words, number) for number in range(40_000)],
    )


def _latin(random: Random) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < WORDS:
        word = "".join(random.choices(_SYLLABLES, k=random.choice((1, 2, 2, 3, 3, 4))))
        luck = random.random()
        marked = next((word.replace(bare, accented, 1) for bare, accented, below in _MARKED if luck < below), word)
        found[marked] = None
    return list(found)


def _alphabets(random: Random) -> list[tuple[str, list[str]]]:
    """What words of the scripts that set no spaces, or are not Latin, are put together of."""
    han = [chr(code) for code in random.sample(range(0x4E00, 0x9FA0), 3000)]
    kana = [chr(code) for code in (*range(0x3042, 0x3094), *range(0x30A2, 0x30F4), *range(0xFF71, 0xFF9E))]
    hangul = [chr(code) for code in random.sample(range(0xAC00, 0xD7A3), 1200)]
    vowels = [*"ะาเแโไ", ""]
    thai = [chr(code) + random.choice(vowels) for code in range(0xE01, 0xE2F) for _ in range(5)]
    arabic = [chr(code) for code in (*range(0x627, 0x63B), *range(0x641, 0x64B))]
    arabic += [letter + "\u064e" for letter in arabic[:2]]
    return [("zh", han), ("ja", [*kana * 3, *han[:800]]), ("ko", hangul), ("th", thai), ("ar", arabic)]


def _foreign(random: Random, alphabet: Sequence[str]) -> str:
    return "".join(random.choices(alphabet, k=random.choice((2, 3, 3, 4, 5))))


def _hashtags(random: Random, words: Sequence[str], foreign: Mapping[str, Sequence[str]]) -> list[str]:
    made = [_early(random, words, 20_000) + random.choice((*words[:3], "")) for _ in range(30_000)]
    made += [random.choice(script) for script in foreign.values() for _ in range(600)]
    random.shuffle(made)
    return made


def _profile(random: Random, words: Sequence[str], foreign: Mapping[str, Sequence[str]], number: int) -> dict[str, Any]:
    names = random.choice(list(foreign.values())) if random.random() < 0.12 else words
    bio = " ".join(_early(random, words, 20_000) for _ in range(random.randrange(3, 14)))
    return {
        "id": str(6_500_000_000_000_000_000 + number * 31_415_926_535_897 + random.randrange(10**9)),
        "handle": _early(random, words, 40_000) + random.choice("._-") + str(random.randrange(1000)),
        "name": " ".join(_early(random, names, FOREIGN).capitalize() for _ in range(2)),
        "bio": bio + random.choice(("", " ✨", " 🔥 DM")),
        "followers": None if random.random() < 0.01 else int(random.lognormvariate(9.5, 2.2)),
        "country": random.choice(COUNTRIES),
    }


def _shop(random: Random, words: Sequence[str], number: int) -> dict[str, Any]:
    return {
        "id": f"shop_{number:05}",
        "domain": "".join(_early(random, words, 30_000) for _ in range(2)) + random.choice((".com", ".shop", ".co.uk")),
        "name": random.choice(words).capitalize(),
    }


def _song(random: Random, words: Sequence[str], number: int) -> dict[str, Any]:
    return {
        "id": str(7_000_000_000_000_000_000 + number * 97_531),
        "title": " ".join(_early(random, words, 20_000) for _ in range(random.randrange(1, 5))),
        "author": random.choice(words),
    }


def _early(random: Random, words: Sequence[str], most: int) -> str:
    """One of the first words."""
    return words[random.randrange(most)]
