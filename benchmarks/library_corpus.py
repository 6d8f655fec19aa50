"""A made library, as large as wanted: contract-shaped items, the same whenever they are made, part by part.

They are spread as in life: few words, hashtags, profiles and shops are in very many items, counts go over many orders
of magnitude, and each script and sign occurs. Entries take long to make, so they are kept in `.cache`.
"""

import pickle
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from benchmarks import library_vocabulary
from benchmarks.library_vocabulary import CATEGORIES, COUNTRIES, EMOJI, LANGUAGES, SIGNS, Chances, vocabulary
from tokstack.library import entry as library_entry
from tokstack.library import text as library_text
from tokstack.library.documents import serialised, version_of
from tokstack.library.entries import entry
from tokstack.library.entry import Entry
from tokstack.library.item import Item
from tokstack.library.merge import merged

PART = 5_000  # items
BEGINNING = int(datetime(2023, 1, 1, tzinfo=UTC).timestamp())
YEARS = 3
NOW = BEGINNING + YEARS * 365 * 86_400
RECEIVED = datetime.fromtimestamp(NOW, UTC)

_FOLDER = Path(__file__).parents[1] / ".cache/benchmark-library"
_MADE_BY = (__file__, library_vocabulary.__file__, library_entry.__file__, library_text.__file__)
_COMMON, _SCRIPT, _TAG = Chances.of(120_000, 1.05), Chances.of(15_000, 0.9), Chances.of(33_000, 0.95)
_PROFILE, _SHOP, _SONG = Chances.of(20_000, 0.6), Chances.of(5_000, 0.7), Chances.of(40_000, 0.8)


def items(part: int) -> list[Item]:
    return [Item.model_validate(made) for made in _Part(part).items()]


def entries(count: int) -> Iterator[list[Entry]]:
    """Part by part, each whole."""
    digest = sha256(b"".join(Path(file).read_bytes() for file in _MADE_BY)).hexdigest()[:16]
    files = [_FOLDER / digest / f"{part:04}" for part in range(-(-count // PART))]
    files[0].parent.mkdir(parents=True, exist_ok=True)
    missing = [(part, file) for part, file in enumerate(files) if not file.exists()]
    if missing:
        with ProcessPoolExecutor(2) as pool:
            list(pool.map(_keep, missing))
    for file in files:
        found: list[Entry] = pickle.loads(zlib.decompress(file.read_bytes()))
        yield found


def _keep(missing: tuple[int, Path]) -> None:
    part, file = missing
    made = [_entry(item) for item in items(part)]
    new = file.with_suffix(".new")
    new.write_bytes(zlib.compress(pickle.dumps(made), 3))
    new.rename(file)  # whole or not at all


def _entry(item: Item) -> Entry:
    document = merged(None, item, RECEIVED)
    return entry(document, version_of(serialised(document)))


class _Part:
    """The chances of each of its items, drawn at once."""

    def __init__(self, part: int) -> None:
        self._first = part * PART
        self._random = Random(1000 + part)
        numpy = np.random.default_rng(1000 + part)
        self._lengths = numpy.integers(10, 31, PART).tolist()
        self._words = iter(_COMMON.draw(numpy, sum(self._lengths)))
        self._foreign = iter(_SCRIPT.draw(numpy, 8 * PART))
        self._tags = _TAG.draw(numpy, 6 * PART)
        self._profiles = _PROFILE.draw(numpy, PART)
        self._shops, self._songs = _SHOP.draw(numpy, PART), _SONG.draw(numpy, PART)
        self._views = np.exp(numpy.normal(9.8, 2.0, PART)).astype(np.int64).tolist()
        self._liking = np.exp(numpy.normal(-3.0, 0.8, PART)).tolist()
        self._published = numpy.integers(BEGINNING, NOW - 86_400, PART).tolist()
        self._luck = numpy.random((PART, 10)).tolist()

    def items(self) -> Iterator[dict[str, Any]]:
        for number in range(PART):
            yield self._item(number)

    def _item(self, number: int) -> dict[str, Any]:
        luck, published = self._luck[number], self._published[number]
        identity = published << 32 | (self._first + number) << 12 | self._random.randrange(4096)
        age, days = NOW - published, 1 + int((NOW - published) / 86_400 * luck[6])
        profile = vocabulary().profiles[self._profiles[number]]
        country = self._random.choice(COUNTRIES)
        known_days = luck[3] >= 0.01
        status = "active" if known_days and luck[9] < 0.45 else "inactive" if luck[9] < 0.95 else "unknown"
        file = f"https://cdn.example.net/tos/{identity:x}"
        return {
            "tiktokId": str(identity),
            "type": "ad" if luck[8] < 0.3 else "organic",
            "status": status,
            "isPinned": luck[7] > 0.97,
            "publishedAt": published,
            "updatedAt": published + int(age * luck[6] * luck[9]),
            "lastActiveAt": published + days * 86_400 if known_days else None,
            "countries": sorted({profile["country"], country}) if luck[4] < 0.4 else [profile["country"]],
            "media": {
                "type": "video" if luck[1] < 0.8 else "image" if luck[1] < 0.9 else "carousel",
                "thumbnailUrl": f"{file}/cover.jpeg",
                "videoUrl": f"{file}/play.mp4",
                "durationSec": int(luck[2] * 60),
                "mediaCount": 1,
            },
            "content": self._content(number),
            "metrics": self._metrics(number),
            "profile": {**profile, "avatarUrl": f"{file}/avatar.jpeg", "following": 11, "totalTikToks": 100},
            "shop": vocabulary().shops[self._shops[number]] if luck[7] < 0.25 else None,
        }

    def _content(self, number: int) -> dict[str, Any]:
        luck, random = self._luck[number], self._random
        words = [vocabulary().words[next(self._words)] for _ in range(self._lengths[number])]
        language = "en" if luck[0] < 0.5 else LANGUAGES[int(luck[1] * len(LANGUAGES))]
        if luck[2] < 0.15:
            language = list(vocabulary().foreign)[int(luck[2] / 0.03)]
            words = self._in_script(language, words[:6], 4 + int(luck[3] * 4))
        if luck[4] < 0.3:
            words.append(random.choice(EMOJI))
        if luck[4] > 0.8:
            words.insert(random.randrange(len(words)), random.choice(SIGNS))
        if luck[4] > 0.98:
            words.append(words[0].upper())
        drawn = self._tags[6 * number : 6 * number + int(luck[5] * 7)]
        hashtags = list(dict.fromkeys(vocabulary().hashtags[each] for each in drawn))
        return {
            "description": " ".join([*words, *(f"#{tag}" for tag in hashtags[:1])]),
            "language": language,
            "category": CATEGORIES[int(luck[3] * len(CATEGORIES))],
            "hashtags": hashtags,
            "music": vocabulary().music[self._songs[number]] if luck[6] < 0.9 else None,
        }

    def _in_script(self, language: str, words: list[str], count: int) -> list[str]:
        """With as many words of it: half of them amidst these, half at the end."""
        script = vocabulary().foreign[language]
        found = [script[next(self._foreign)] for _ in range(count)]
        between = "" if language in ("zh", "ja", "th") else " "
        at = self._random.randrange(len(words))
        return [*words[:at], between.join(found[: count // 2]), *words[at:], between.join(found[count // 2 :])]

    def _metrics(self, number: int) -> dict[str, Any]:
        luck = self._luck[number]
        views = None if luck[8] < 0.02 else self._views[number]
        engaged = (views or 500) * self._liking[number]
        return {
            "views": views,
            "likes": int(engaged),
            "comments": int(engaged * 0.04 * (0.2 + luck[9])),
            "shares": int(engaged * 0.06 * (0.1 + luck[0])),
            "saves": int(engaged * 0.1 * luck[1]),
            "reposts": 0,
        }
