"""Which published series prices which goods, and what practice lends on them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Good:
    """Goods that one series prices.

    Attributes
    ----------
    code : str
        The first digits of their HS codes.
    title : str
    series : str
        Column of the World Bank's monthly table.
    practice : tuple of int or None
        Loan to value that Chinese lenders usually grant, per cent, from and to.
    """

    code: str
    title: str
    series: str
    practice: tuple[int, int] | None = None


_MEAT, _SEAFOOD, _TIMBER = (50, 60), (30, 50), (50, 60)
_FARMED, _OILY, _BULK = (65, 70), (60, 70), (60, 65)

GOODS = (
    Good("0202", "frozen beef", "Beef", _MEAT),
    Good("0204", "mutton", "Lamb", _MEAT),
    Good("0207", "chicken", "Chicken", _MEAT),
    Good("03", "shrimp, seafood", "Shrimps, Mexican", _SEAFOOD),
    Good("0901", "coffee", "Coffee, Arabica"),
    Good("0902", "tea", "Tea, avg 3 auctions"),
    Good("1001", "wheat", "Wheat, US HRW", _FARMED),
    Good("1005", "maize", "Maize", _FARMED),
    Good("1006", "rice", "Rice, Thai 5%", _FARMED),
    Good("1201", "soy beans", "Soybeans", _FARMED),
    Good("1507", "soy oil", "Soybean oil"),
    Good("1511", "palm oil", "Palm oil", _OILY),
    Good("1512", "sunflower oil", "Sunflower oil"),
    Good("1513", "coconut oil", "Coconut oil"),
    Good("1514", "rapeseed oil", "Rapeseed oil"),
    Good("17", "sugar", "Sugar, world", _FARMED),
    Good("18", "cocoa", "Cocoa"),
    Good("2301", "fish meal", "Fish meal", (60, 60)),
    Good("2304", "soy meal", "Soybean meal"),
    Good("2601", "iron ore", "Iron ore, cfr spot", _BULK),
    Good("2701", "coal", "Coal, Australian", _BULK),
    Good("2709", "crude oil", "Crude oil, average", _OILY),
    Good("2711", "natural gas", "Liquefied natural gas, Japan"),
    Good("3102", "urea", "Urea"),
    Good("3104", "potash", "Potassium chloride"),
    Good("3105", "phosphates", "DAP"),
    Good("4001", "natural rubber", "Rubber, TSR20", _OILY),
    Good("4403", "logs", "Logs, Malaysian", _TIMBER),
    Good("4407", "sawn timber", "Sawnwood, Malaysian", _TIMBER),
    Good("4412", "plywood", "Plywood", _TIMBER),
    Good("52", "cotton", "Cotton, A Index", _FARMED),
    Good("7106", "silver", "Silver"),
    Good("7108", "gold", "Gold"),
    Good("7110", "platinum", "Platinum"),
    Good("74", "copper", "Copper", (75, 75)),
    Good("75", "nickel", "Nickel"),
    Good("76", "aluminium", "Aluminum"),
    Good("78", "lead", "Lead"),
    Good("79", "zinc", "Zinc"),
    Good("80", "tin", "Tin"),
)
"""Goods whose price the World Bank publishes; for others a policy's floor holds alone."""
