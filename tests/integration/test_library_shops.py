"""What is told about shops, kept by their domains."""

from tokstack.library.item import Shop
from tokstack.library.shops import Shops
from tokstack.table import Table

GLOW, DEW = Shop(id="glow", domain="glow.example", name="Glow"), Shop(id="dew", domain="dew.example")


def test_what_is_told_last_is_known(table: Table) -> None:
    shops = Shops(table)
    shops.put([GLOW, DEW])
    renamed = GLOW.model_copy(update={"name": "Glow 2"})
    shops.put([renamed])
    assert shops.get(["glow.example", "dew.example", "nobody.example"]) == {"glow.example": renamed, "dew.example": DEW}
    assert (shops.named("glow"), shops.named("nobody")) == (renamed, None)


def test_nothing_is_known_of_what_is_no_domain(table: Table) -> None:
    """An item may call anything its domain, and is found and shown all the same."""
    shops = Shops(table)
    shops.put([DEW])
    assert shops.get(["d" * 5000, "ü" * 3000, "dew.example", " "]) == {"dew.example": DEW}
