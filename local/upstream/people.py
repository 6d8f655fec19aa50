"""The people of the catalogue, and the words that they write with."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """`posts` and `pinned` say how many; `slides` is the share of slideshows among them."""

    handle: str
    name: str
    language: str
    region: str
    posts: int = 22
    slides: float = 0.3
    pinned: int = 0
    bio: str = ""
    bio_url: str = ""
    verified: bool = False
    private: bool = False
    false_alarm: bool = False  # its page says 10222 although it is public
    followers: int = 0
    likes_private: bool = False  # what it likes is for itself alone
    live: bool = False

    @property
    def id(self) -> str:
        return str(6_700_000_000_000_000_000 + self._number % 10**17)

    @property
    def sec_uid(self) -> str:
        letters = hashlib.sha256(self.handle.encode()).hexdigest()
        return f"MS4wLjABAAAA{letters}"

    @property
    def created(self) -> int:
        return 1_500_000_000 + self._number % 200_000_000

    @property
    def following(self) -> int:
        return self._number % 900

    @property
    def likes(self) -> int:
        return self.followers * 7 + self._number % 1000

    @property
    def likes_given(self) -> int:
        return self._number % 3000

    @property
    def avatar(self) -> str:
        return f"avatar-{1 + self._number % 2}.jpeg"

    @property
    def _number(self) -> int:
        return int.from_bytes(hashlib.sha256(self.handle.encode()).digest()[:8], "big")


PEOPLE = (
    Person(
        "maple.kitchen", "Maple Kitchen 🍁", "en", "US", pinned=2, followers=783_427, verified=True, bio="Food, slowly"
    ),
    Person(
        "ruta_norte",
        "Ruta Norte",
        "es",
        "ES",
        followers=54_321,
        bio="Timing\nsaludos",
        bio_url="example.com/ruta",
        likes_private=True,
    ),
    Person("hana.travels", "はなの旅", "ja", "JP", slides=0.5, pinned=1, followers=1_203_004),
    Person("seoul_bites", "서울 한입", "ko", "KR", followers=88_000),
    Person("layla.designs", "ليلى للتصميم", "ar", "EG", followers=4_100_233, verified=True, bio="تصميم وديكور"),
    Person("noam_codes", "נועם", "he", "IL", followers=912),
    Person("pixel.otter", "pixel otter 🦦", "en", "GB", followers=17, bio="🦦🦦🦦", live=True),
    Person("atelier_lune", "Atelier Lune", "fr", "FR", slides=0.6, followers=23_456),
    Person("werkstatt.jo", "Werkstatt Jo", "de", "DE", slides=0.0, followers=301_777),
    Person("mira.sketches", "Mira Sketches", "en", "NL", slides=1.0, pinned=3, followers=66_000),
    Person("old.harbour", "Old Harbour", "en", "NO", slides=0.0, followers=5_000),
    Person("tempo_lab", "Tempo Lab", "de", "AT", followers=990_001, verified=True),
    Person("daily.archive", "The Daily Archive", "en", "US", posts=240, pinned=3, followers=2_500_000),
    Person("vietanh.food", "Việt Anh", "vi", "VN", followers=71_000),
    Person("samba_rua", "Samba na Rua", "pt", "BR", followers=640_000),
    Person("night_market", "夜市小吃", "zh", "TW", followers=150_250),
    Person("cabinet.of.odds", "The Cabinet of Odds", "en", "US", posts=2, followers=1_000),
    Person("false.alarm", "False Alarm", "en", "CA", posts=8, false_alarm=True, followers=3_210),
    Person("locked.garden", "Locked Garden", "en", "US", posts=6, private=True, followers=40),
    Person("empty.shelf", "Empty Shelf", "en", "US", posts=0, followers=2),
)

# Who follows and is followed, but publishes nothing.
FANS = tuple(
    Person(f"fan.{number:02}", f"Fan {number} ✨", "en", "US", posts=0, followers=number) for number in range(80)
)

WORDS = {  # by language, for split()
    "en": "morning coffee by the old bridge and nobody told me it would rain today again",
    "es": "mañana de mercado con la familia y un café muy bueno en la plaza vieja",
    "fr": "matin tranquille sous la pluie avec un carnet bleu et beaucoup de couleurs",
    "de": "heute wird die alte Werkbank wieder schön und der Hobel läuft ganz leise",
    "pt": "amanhã tem ensaio na praça com todo mundo dançando até a noite cair",
    "vi": "sáng nay nấu phở cho cả nhà rồi đi chợ với mẹ vui lắm",
    "ja": "今日 は 海 まで 歩いた 空 が 青い 電車 旅 夏休み 朝ごはん",
    "ko": "오늘 아침 시장 에서 먹은 떡볶이 정말 맛있다 서울 골목 여행",
    "zh": "今天 夜市 的 小吃 真的 好吃 台北 旅行 雨天 高鐵 便當",
    "ar": "صباح جميل في البيت القديم مع ألوان جديدة وقهوة وكتاب مفتوح",
    "he": "בוקר טוב עם קפה וקוד חדש שלא עובד בפעם הראשונה היום",
}
