"""Made-up entries: every script, ties, gaps, several texts in an area, ids and versions at the ends of their ranges.

All is drawn from the `Random` that is given, so that a seed, or hypothesis' `randoms()`, says what comes out.
"""

from random import Random

from tokstack.library.entry import NO, YES, Area, Entry, Keyword, Number
from tokstack.library.text import words

_ID_END = 2**63

# As people write, not as an engine keeps it.
PHRASES = (
    *("Protein Gummies", "gummies protein", "the the the", "sale", "SALE now on", "Big Café", "résumé", "naïve"),
    *(
        "don't",
        "C++ and C#",
        "50% off",
        "rock-n-roll",
        "under_score",
        "U.S.A.",
        "ＦＵＬＬ ｗｉｄｔｈ",
        "Straße",
        "x²",
        "½ price",
    ),
    *("減肥茶", "減肥", "肥減", "护肤品推荐", "すごいお茶", "ｶﾀｶﾅ", "カタカナ", "한국 화장품", "ขายดีมาก", "ขายดี"),
    *("كريم مرطب", "كَرِيم", "крем для лица", "Крем", "ελληνικό λάδι", "שמן זית", "हिन्दी तेल", "tiếng Việt"),
    *("🔥", "🔥🔥 sale", "❤️", "❤", "👍🏽", "👩‍👩‍👧", "🇩🇪", "🇩🇪🇫🇷", "1️⃣", "™", "e\u0301clair", "éclair"),
)
PUNCTUATION = (
    "!!!",
    "...",
    "—",
    "#",
    '"',
    "*",
    "( )",
    "&&",
    "||",
    "\\",
    "/",
    "~",
    "^",
    ":",
    "[]",
    "{}",
    "\0",
    "\u200d",
    " ",
)

_VALUES: dict[Keyword, tuple[str, ...]] = {
    Keyword.TYPE: ("ad", "organic"),
    Keyword.STATUS: ("active", "inactive", "unknown"),
    Keyword.MEDIA: ("image", "video", "carousel", "unknown"),
    Keyword.LANGUAGE: ("en", "de", "ja", "th", "ar", "zh-Hant"),
    Keyword.CATEGORY: ("beauty", "home & garden", "Beauty", "toys", "a:b", "*"),
    Keyword.COUNTRY: ("US", "DE", "JP", "TH", "SA", "BR", "us"),
    Keyword.HASHTAG: ("fyp", "sale", "減肥茶", "ขายดี", "🔥", "tiktokmademebuyit", "cafe", "two words"),
    Keyword.PROFILE: tuple(str(6_500_000_000_000_000_000 + at * 31_415_926) for at in range(40)),
    Keyword.HANDLE: tuple(f"shop.{at}_x" for at in range(40)),
    Keyword.PAGE: ("1", "01", "7000000000000000001", "7000000000000000002"),
    Keyword.WEBSITE: ("w-1", "w-2", "W-1"),
    Keyword.DOMAIN: ("example.com", "shop.example.com", "xn--caf-dma.example", "café.example"),
    Keyword.SHOP: tuple(f"shop_{at:05d}" for at in range(25)),
    Keyword.SHOP_LINKED: (YES, NO),
    Keyword.PINNED: (YES, NO),
}
_ALWAYS = {Keyword.TYPE, Keyword.STATUS, Keyword.SHOP_LINKED, Keyword.PINNED}
_SEVERAL = {Keyword.COUNTRY: 3, Keyword.HASHTAG: 5}

# Few values, so that many are equal; great ones that a floating number does not hold; the least and the most.
_NUMBERS = (0, 1, 2, 3, 9, 10, 11, 99, 100, 1_000, 2**31, 2**31 + 1, 2**53, 2**53 + 1, 10**15 - 1, 10**15)
_MOMENTS = (
    0,
    1,
    1_672_531_200_000,
    *(1_700_000_000_000 + step * 86_400_000 for step in range(30)),
    253_402_300_799_999,
)
_MOMENT = {Number.PUBLISHED, Number.UPDATED, Number.CREATED}
_MAY_BE_NEGATIVE = {Number.PUBLISHED}  # there were years before 1970
_TEXTS = {Area.CAPTION: 1, Area.PROFILE: 3, Area.HASHTAG: 5, Area.MUSIC: 2}


def entries(random: Random, count: int) -> list[Entry]:
    """As many, no two of one id; every fifth has each fact and each area."""
    ids: dict[int, None] = {}
    while len(ids) < count:
        ids[new_id(random)] = None
    return [entry(random, item, whole=at % 5 == 0) for at, item in enumerate(ids)]


def new_id(random: Random) -> int:
    """Small, as TikTok's are, side by side where a floating number sees one, and the greatest there are."""
    return random.choice(
        (
            random.randrange(1, 1_000),
            random.randrange(7 * 10**18, 7 * 10**18 + 5_000),
            random.randrange(6_700_000_000_000_000_000, 7_600_000_000_000_000_000),
            random.randrange(_ID_END - 1_000, _ID_END),
        )
    )


def entry(random: Random, item: int, *, whole: bool = False) -> Entry:
    """`whole` has each fact and each area; of others anything may be missing that is not always there."""
    return Entry(
        id=item,
        version=random.choice((0, 1, _ID_END - 1, random.randrange(_ID_END))),
        texts={area: _texts(random, most) for area, most in _TEXTS.items() if whole or random.random() < 0.7},
        keywords={keyword: _keyword(random, keyword) for keyword in Keyword if whole or _is_known(random, keyword)},
        numbers={
            number: _number(random, number)
            for number in Number
            if whole or number is Number.CREATED or random.random() < 0.7
        },
    )


def text(random: Random) -> str:
    """As a person writes it."""
    said = random.choices(PHRASES, k=random.randrange(1, 6))
    return random.choice(PUNCTUATION).join(said) if random.random() < 0.2 else " ".join(said)


def _texts(random: Random, most: int) -> tuple[str, ...]:
    """Some say nothing: they are of punctuation alone."""
    return tuple(
        " ".join(words(text(random) if random.random() < 0.97 else "?!")) for _ in range(random.randrange(1, most + 1))
    )


def _is_known(random: Random, keyword: Keyword) -> bool:
    return keyword in _ALWAYS or random.random() < 0.7


def _keyword(random: Random, keyword: Keyword) -> tuple[str, ...]:
    count = random.randrange(1, _SEVERAL.get(keyword, 1) + 1)
    return tuple(sorted(random.sample(_VALUES[keyword], count)))


def _number(random: Random, number: Number) -> int:
    if number in _MAY_BE_NEGATIVE and random.random() < 0.05:
        return -random.choice(_MOMENTS)
    if number in _MOMENT:
        return random.choice(_MOMENTS)
    return random.choice(_NUMBERS) if random.random() < 0.8 else random.randrange(10_000)
