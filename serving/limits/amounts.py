"""Amounts and shares as policies state them: whole fen, and shares to a millionth."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

MILLION = 1_000_000
UNKNOWN = "00"
"""Goods whose commodity the record does not know; a policy's defaults hold."""


def _whole(value: object) -> object:
    """JSON has one kind of number: 5.0 is the integer 5."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=6)]
Fen = Annotated[int, Field(strict=True, ge=0, le=10**15), BeforeValidator(_whole)]
DaysOf = Annotated[int, Field(strict=True, ge=0, le=3_650), BeforeValidator(_whole)]
Chapter = Annotated[str, Field(pattern=r"^[0-9]{2}$")]
Named = Annotated[
    str,
    Field(
        pattern=r"^(default|[0-9]{2}([0-9]{2}){0,4})$",
        description="first digits of an HS code, or default",
    ),
]
T = TypeVar("T")


def _with_default(table: dict[str, T]) -> dict[str, T]:
    if "default" not in table:
        raise ValueError(f"a table by goods names its default, found {sorted(table)[:5]}")
    return table


ByGoods = Annotated[dict[Named, T], AfterValidator(_with_default)]
"""By the first two, four, six, eight or ten digits of the HS code; ``default`` for the others."""


class Terms(BaseModel):
    """A part of a policy: frozen, and without a line that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __copy__(self) -> Self:
        """Copy the fields alone: what was reckoned from them may not hold once one is changed."""
        return super().__copy__()._fields_alone()

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Copy the fields alone, and what they are made of."""
        return super().__deepcopy__(memo)._fields_alone()

    def _fields_alone(self) -> Self:
        for name in self.__dict__.keys() - type(self).model_fields.keys():
            del self.__dict__[name]
        return self


@lru_cache(maxsize=1024)
def parts_per_million(share: Decimal) -> int:
    """Express a share as an integer, so that amounts of money are computed without a float."""
    return int(share * MILLION)


def of_goods(table: Mapping[str, T], code: str) -> T:
    """What a table says of goods: its entry with most of the HS code's first digits.

    Parameters
    ----------
    table : mapping
        A :data:`ByGoods`.
    code : str
    """
    for digits in (10, 8, 6, 4, 2):
        if (found := table.get(code[:digits])) is not None:
            return found
    return table["default"]
