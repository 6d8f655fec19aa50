"""Who is in the sample library besides the people of the sample upstream: shops, and the brands that advertise them."""

from dataclasses import dataclass

from tokstack.library.item import Profile, Shop

CATEGORIES = ("beauty", "fashion", "home", "fitness", "food", "tech", "pets", "toys", "health", "travel")

# A brand sells in one language and country: its name, what it sells, and how it says so (words for split()).
BRANDS = (
    ("Glow Lab", "beauty", "en", "US", "glow serum skin care routine vitamin c morning night soft clear results"),
    ("Dew Skin", "beauty", "en", "GB", "skin care barrier cream dewy glow gentle cleanser winter dry routine"),
    ("Haus & Herd", "home", "de", "DE", "Küche Ordnung Gewürze Regal schön einfach Geschenk Zuhause Größe"),
    ("Pfotenglück", "pets", "de", "AT", "Hund Katze Napf Spielzeug glücklich Spaziergang Leine weich"),
    ("Casa Sol", "home", "es", "ES", "casa luz terraza verano diseño fácil baño cocina mañana oferta"),
    ("Fuerza Diaria", "fitness", "es", "MX", "entrenamiento casa fuerza rápido sin excusas proteína año nuevo"),
    ("Atelier Nuit", "fashion", "fr", "FR", "robe soirée été élégance cousu main déjà adoré collection"),
    ("Petit Goût", "food", "fr", "BE", "crêpe chocolat goûter recette façon grand-mère délicieux"),
    ("Moda Viva", "fashion", "it", "IT", "moda città vestito più bello estate perché qualità offerta"),
    ("Luz Natural", "health", "pt", "BR", "saúde rotina manhã coração água equilíbrio promoção"),
    ("Mê Bếp", "food", "vi", "VN", "bếp nồi chảo món ngon mỗi ngày giảm giá hôm nay"),
    ("さくら雑貨", "home", "ja", "JP", "収納 便利 暮らし 新生活 かわいい 台所 すごい ランキング セール"),
    ("モグモグ堂", "food", "ja", "JP", "お菓子 限定 おいしい 抹茶 チョコ 新発売 ギフト"),
    ("서울뷰티", "beauty", "ko", "KR", "피부 수분 크림 아침 저녁 루틴 추천 세일 오늘"),
    ("하루운동", "fitness", "ko", "KR", "운동 홈트 다이어트 하루 십분 건강 습관"),
    ("好好生活", "home", "zh", "TW", "收納 廚房 好物 推薦 團購 限時 優惠 生活"),
    ("轻体坊", "health", "zh", "SG", "减肥 茶 健康 早餐 低糖 推荐 新品 好喝"),
    ("สวยใส", "beauty", "th", "TH", "ครีม ผิว สวย ใส ลดราคา วันนี้ ขายดี ส่งฟรี"),
    ("บ้านอุ่น", "home", "th", "TH", "บ้าน ครัว ของใช้ น่ารัก ราคาดี แนะนำ"),
    ("بيت العود", "beauty", "ar", "AE", "عطر عود فاخر هدية عرض اليوم ثبات رائحة"),
    ("قهوة الصباح", "food", "ar", "SA", "قهوة محمصة صباح طازجة توصيل مجاني لذيذة"),
    ("חיות שמחות", "pets", "he", "IL", "כלב חתול צעצוע מבצע משלוח חינם היום"),
    ("Дом и Сад", "home", "ru", "KZ", "дом сад уют скидка новинка подарок своими руками"),
    ("Καφές Τώρα", "food", "el", "GR", "καφές τώρα φρέσκος πρωί προσφορά γεύση"),
    ("घर की रसोई", "food", "hi", "IN", "रसोई स्वाद मसाला आज ऑफर घर आसान"),
    ("Volt Desk", "tech", "en", "US", "desk setup charger cable fast clean minimal work from home"),
    ("Pixel Toys", "toys", "en", "CA", "kids toy build bricks rainy day gift under 20 fun"),
    ("Trail & Tent", "travel", "en", "AU", "camping tent lightweight trail sunrise pack weekend"),
    ("Nordlys", "fashion", "en", "NO", "wool jumper winter knit warm slow fashion layers"),
    ("Protein Pals", "fitness", "en", "US", "protein gummies gym snack strong tasty high protein"),
)
CREATORS = (
    ("quiet.brush", "Quiet Brush", "en", "IE"),
    ("abuela.cocina", "Abuela Cocina", "es", "AR"),
    ("vélo.ville", "Vélo Ville", "fr", "CH"),
    ("kleingarten.eva", "Kleingarten Eva", "de", "CH"),
    ("trem.azul", "Trem Azul", "pt", "PT"),
    ("nhà.có.mèo", "Nhà Có Mèo", "vi", "VN"),
    ("asa.no.ichi", "朝の市", "ja", "JP"),
    ("busan.walks", "부산 산책", "ko", "KR"),
    ("chiang.mai.eats", "เชียงใหม่กินดี", "th", "TH"),
    ("dilli.diary", "दिल्ली डायरी", "hi", "IN"),
    ("atlas.cafe", "مقهى الأطلس", "ar", "MA"),
    ("haifa.surf", "חיפה גלים", "he", "IL"),
    ("tbilisi.tapes", "Кассеты", "ru", "GE"),
    ("aegean.light", "Αιγαίο", "el", "GR"),
)
SHOPS = 25  # of the brands; the others advertise without a shop
_FIRST_ID, _STEP = 6_800_000_000_000_000_000, 7_919_000_000_019


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes items. `ads` is the share of ads among them."""

    profile: Profile
    language: str
    country: str
    category: str | None
    words: tuple[str, ...]
    ads: float
    shop: Shop | None = None


def makers(words: dict[str, str]) -> list[Maker]:
    """The brands and the creators; `words` of a language are what creators write with."""
    return [*map(_brand, range(len(BRANDS))), *(_creator(number, words) for number in range(len(CREATORS)))]


def _brand(number: int) -> Maker:
    name, category, language, country, words = BRANDS[number]
    slug = f"brand{number:02d}" if not name.isascii() else "".join(filter(str.isalnum, name)).lower()
    profile = Profile(
        id=str(_FIRST_ID + number * _STEP),
        handle=f"{slug}.official",
        name=name,
        bio=f"{name} · {category}",
        bio_url=f"https://{slug}.example",
        account_type="business",
        sec_uid=f"MS4wLjABAAAA{slug}",
        followers=1_000 + (number * 37_777) % 900_000,
        following=number * 3,
        views=(number + 1) * 1_000_003,
        likes=(number + 1) * 90_001,
        total_tik_toks=60 + number,
    )
    return Maker(profile, language, country, category, tuple(words.split()), 0.7, _shop(number, slug, name, country))


def _shop(number: int, slug: str, name: str, country: str) -> Shop | None:
    if number >= SHOPS:
        return None
    return Shop(
        id=f"shop_{number + 1:04d}",
        domain=f"{slug}.example",
        name=name,
        logo_url=f"https://{slug}.example/logo.png",
        favicon_url=f"https://{slug}.example/favicon.ico",
        country_code=country,
        monthly_visits=5_000 + (number * 91_193) % 2_000_000,
        traffic_growth30d=round(-12.5 + number * 2.25, 2),
        products_count=12 + number * 17,
        google_category_ids=(436 + number,),
    )


def _creator(number: int, words: dict[str, str]) -> Maker:
    handle, name, language, country = CREATORS[number]
    profile = Profile(
        id=str(_FIRST_ID + (100 + number) * _STEP),
        handle=handle,
        name=name,
        account_type="creator",
        sec_uid=f"MS4wLjABAAAA{number:04d}",
        followers=(number * 52_711) % 400_000,
        following=100 + number,
        views=(number + 1) * 200_003,
        likes=(number + 1) * 17_001,
        total_tik_toks=40 + number,
    )
    return Maker(profile, language, country, None, tuple(words[language].split()), 0.0)
