"""The field types of the contract: each says its meaning, its bounds and how the record stores it.

A field type is an ``Annotated`` type with two halves: pydantic's constraints, from which one
message is validated and the JSON Schema is generated, and a :class:`Stored` mark, which tells
the record's tables and the vectorised screening how to hold a column of them.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

EARLIEST = 946_684_800_000_000
"""2000-01-01T00:00:00Z in microseconds: the earliest time that a message may name."""
LATEST = 4_102_444_800_000_000
"""2100-01-01T00:00:00Z in microseconds."""
LARGEST_MONEY = 10**15
"""Ten trillion CNY in fen: the largest amount that one message may state."""
LARGEST_QUANTITY = 10**12
LARGEST_PRICE = 10**12


@dataclass(frozen=True)
class Stored:
    """How the record keeps a field.

    Attributes
    ----------
    as_ : {"integer", "name", "text"}
        ``integer`` as it is; ``name`` as a number from the record's table of names (parties,
        lots, warehouses, goods), so that equal texts are equal integers everywhere;
        ``text`` as it is, never read by a feature. Enumerated fields need no mark: they are
        stored as their place in the list, which therefore only ever grows at its end.
    check : {"credit_code", "cargo_code"} or None
        A check of the text's own check characters, made once for each new name.
    """

    as_: Literal["integer", "name", "text"]
    check: Literal["credit_code", "cargo_code"] | None = None


def _integer(low: int, high: int, description: str) -> object:
    return Field(strict=True, ge=low, le=high, description=description)


Micros = Annotated[
    int, _integer(EARLIEST, LATEST, "UTC microseconds since 1970"), Stored("integer")
]
Money = Annotated[int, _integer(0, LARGEST_MONEY, "fen (0.01 CNY)"), Stored("integer")]
ForeignMoney = Annotated[
    int, _integer(0, LARGEST_MONEY, "hundredths of the currency's unit"), Stored("integer")
]
UnitPrice = Annotated[
    int, _integer(1, LARGEST_PRICE, "fen per 1,000 base units"), Stored("integer")
]
Quantity = Annotated[
    int, _integer(0, LARGEST_QUANTITY, "whole base units of the commodity (kg)"), Stored("integer")
]
Rank = Annotated[int, _integer(1, 99, "1 is served first"), Stored("integer")]
Days = Annotated[int, _integer(0, 36_500, "whole days"), Stored("integer")]
CalendarDay = Annotated[
    int, _integer(19_000_101, 21_001_231, "a day of the calendar as YYYYMMDD"), Stored("integer")
]
MilliDegrees = Annotated[
    int, _integer(-100_000, 200_000, "thousandths of a degree Celsius"), Stored("integer")
]
Rating = Annotated[
    int, _integer(1, 10, "the core enterprise's rating, 1 (AAA) to 10 (D)"), Stored("integer")
]

MessageId = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$", description="unique within its provider"),
    Stored("text"),
]
ReversedId = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9._:-]{1,64}$",
        description="the message_id of the message that is taken back",
    ),
    Stored("text"),
]
ProviderId = Annotated[
    str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{1,31}$", description="who reports"), Stored("name")
]
CreditCode = Annotated[
    str,
    Field(
        pattern=r"^[0-9A-HJ-NP-RTUW-Y]{18}$",
        description="unified social credit code, GB 32100-2015, with its check character",
    ),
    Stored("name", check="credit_code"),
]
CargoCode = Annotated[
    str,
    Field(
        pattern=r"^[0-9A-Z]{18}-[0-9]{10}-[0-9A-Z]{6}-[A-Z0-9]{5}-[A-Z0-9]{5}-[0-9A-Z]{8}-[0-9]{2}$",
        description="the lot: owner-commodity-batch-origin-transit-security-check",
    ),
    Stored("name", check="cargo_code"),
]
Party = Annotated[
    str,
    Field(
        pattern=r"^[A-Z0-9][A-Z0-9-]{1,39}$",
        description="a credit code where the party has one, else a code of the provider's",
    ),
    Stored("name"),
]
Place = Annotated[
    str,
    Field(pattern=r"^[A-Z0-9][A-Z0-9-]{1,39}$", description="a warehouse or a pile in it"),
    Stored("name"),
]
HsCode = Annotated[
    str,
    Field(pattern=r"^[0-9]{10}$", description="commodity, HS with ten digits"),
    Stored("name"),
]
Country = Annotated[
    str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2"), Stored("name")
]
Locode = Annotated[
    str, Field(pattern=r"^[A-Z]{2}[A-Z2-9]{3}$", description="UN/LOCODE"), Stored("name")
]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217"), Stored("name")]
Region = Annotated[
    str, Field(pattern=r"^[0-9]{6}$", description="region, GB/T 2260"), Stored("name")
]
Industry = Annotated[
    str, Field(pattern=r"^[A-Z][0-9]{2,4}$", description="industry, GB/T 4754"), Stored("name")
]
SupervisionMode = Annotated[
    str, Field(pattern=r"^[0-9]{4}$", description="customs supervision mode"), Stored("name")
]
Reference = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9._:/-]{1,64}$",
        description="number of a sale, receipt or facility, by which later messages name it",
    ),
    Stored("name"),
]
Number = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9._:/-]{1,64}$", description="number of a paper, for the reader"),
    Stored("text"),
]
Digest = Annotated[
    str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256, hexadecimal"), Stored("text")
]
Unit = Literal["kg"]
