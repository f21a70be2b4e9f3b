"""The goods that the port handles, declared once as data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Good:
    """One commodity of the port.

    Attributes
    ----------
    hs_code : str
        Ten digits.
    title : str
    series : str
        Column of ``data/pink_sheet_monthly.csv`` that prices it.
    kilograms : int
        Kilograms in the unit that the series prices: 1, 1,000, a barrel of crude oil of 136
        (7.33 barrels a tonne), a cubic metre of kiln-dried meranti of 650.
    lot_tonnes : float
        Tonnes of an ordinary lot: a refrigerated container of meat or seafood, a few hundred
        tonnes of bulk (a parcel of a shipload that several traders share), so that an ordinary lot
        of any good costs one to three million yuan in an ordinary year.
    ltv : float
        Loan to value of a pledge, middle of what lenders grant on this good.
    family : str
        Goods of one family are traded by the same people.
    cold, food : bool
        Whether it is kept frozen; whether it needs a quarantine certificate.
    shelf_months : int
        Months from production to the end of its shelf life; 0 if it keeps.
    weight : float
        How often it is an enterprise's first good: the port lives on the cold chain.
    origins : tuple of (str, str)
        Countries (ISO 3166-1) with the port (UN/LOCODE) where it is loaded.
    """

    hs_code: str
    title: str
    series: str
    kilograms: int
    lot_tonnes: float
    ltv: float
    family: str
    cold: bool
    food: bool
    shelf_months: int
    weight: float
    origins: tuple[tuple[str, str], ...]


GOODS: tuple[Good, ...] = (
    Good("0306179000", "frozen shrimp", "Shrimps, Mexican", 1, 24, 0.40, "cold", True, True, 18,
         0.20, (("EC", "ECGYE"), ("IN", "INMAA"), ("VN", "VNSGN"))),
    Good("0202300090", "frozen beef", "Beef", 1, 52, 0.55, "cold", True, True, 24, 0.16,
         (("BR", "BRSSZ"), ("AR", "ARBUE"), ("AU", "AUBNE"))),
    Good("0207142900", "chicken", "Chicken", 1, 108, 0.55, "cold", True, True, 12, 0.12,
         (("BR", "BRPNG"), ("US", "USSAV"), ("TH", "THBKK"))),
    Good("1201901900", "soy beans", "Soybeans", 1000, 500, 0.67, "grain", False, True, 0, 0.07,
         (("BR", "BRSSZ"), ("US", "USMSY"))),
    Good("7403111900", "copper cathode", "Copper", 1000, 50, 0.75, "metal", False, False, 0, 0.08,
         (("CL", "CLANF"), ("CD", "TZDAR"))),
    Good("1005900090", "maize", "Maize", 1000, 900, 0.67, "grain", False, True, 0, 0.06,
         (("UA", "UAODS"), ("US", "USMSY"))),
    Good("1511909000", "palm oil", "Palm oil", 1000, 300, 0.65, "oil", False, True, 0, 0.06,
         (("ID", "IDDUM"), ("MY", "MYPKG"))),
    Good("5201000080", "cotton", "Cotton, A Index", 1, 110, 0.67, "fibre", False, False, 0, 0.06,
         (("US", "USHOU"), ("BR", "BRSSZ"), ("IN", "INMUN"))),
    Good("4001220000", "natural rubber", "Rubber, TSR20", 1, 130, 0.65, "fibre", False, False, 0,
         0.05, (("TH", "THLCH"), ("ID", "IDPLM"))),
    Good("2301201000", "fish meal", "Fish meal", 1000, 130, 0.60, "feed", False, True, 0, 0.06,
         (("PE", "PECLL"), ("CL", "CLIQQ"))),
    Good("1701140090", "raw sugar", "Sugar, world", 1, 500, 0.67, "oil", False, True, 0, 0.05,
         (("BR", "BRSSZ"), ("TH", "THLCH"))),
    Good("1001990090", "wheat", "Wheat, US HRW", 1000, 700, 0.67, "grain", False, True, 0, 0.03,
         (("AU", "AUKWI"), ("CA", "CAVAN"))),
    Good("2601112000", "iron ore fines", "Iron ore, cfr spot", 1000, 2_500, 0.62, "metal", False,
         False, 0, 0.05, (("AU", "AUPHE"), ("BR", "BRVIX"), ("ZA", "ZASDB"))),
    Good("2701129000", "thermal coal", "Coal, Australian", 1000, 2_500, 0.62, "energy", False,
         False, 0, 0.04, (("ID", "IDSRI"), ("RU", "RUVYP"), ("AU", "AUNTL"))),
    Good("2709000000", "crude oil", "Crude oil, average", 136, 600, 0.65, "energy", False,
         False, 0, 0.02, (("SA", "SARTA"), ("AO", "AOLAD"), ("AE", "AEFJR"))),
    Good("4407250090", "sawn timber", "Sawnwood, Malaysian", 650, 250, 0.55, "wood", False,
         False, 0, 0.05, (("MY", "MYBTU"), ("ID", "IDPNK"))),
)  # fmt: skip
"""Every good of the port; other modules name a good by its place here."""
