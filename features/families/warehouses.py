"""Custody: the own record of the warehouses where the goods lie, over all their clients."""

from features.families.balances import COUNTED
from features.families.custody import EXCEPTIONS, MISMATCHES
from features.feature import Feature, Phrase
from features.nodes.balances import Flow
from features.nodes.warehouses import (
    MeanOfWarehouses,
    OverClients,
    ToExpected,
    WarehouseRate,
)

LEAST_CLIENTS = 6
"""Clients below which a warehouse tells nothing: who asks may be one, and five others are left."""

_EXCEPTIONS, _COUNTS = Flow(EXCEPTIONS, "each"), Flow(COUNTED, "each")
_SHORT, _QUANTITY = Flow(MISMATCHES, "short_quantity"), Flow(COUNTED, "quantity")
_YEAR = OverClients((_EXCEPTIONS, _COUNTS, _SHORT, _QUANTITY), COUNTED, 365)
_EXCEPTION_RATE = WarehouseRate(_YEAR, _EXCEPTIONS, _COUNTS, LEAST_CLIENTS)
_SHORT_RATE = WarehouseRate(_YEAR, _SHORT, _QUANTITY, LEAST_CLIENTS)

_AT_MIDNIGHT = (
    "over the custody messages of all its clients that stand as of M, the last midnight of the "
    "port not after T, and occurred within 365 days before M; there is none where fewer than six "
    "enterprises have a message of kind `counted` among them, or the divisor is 0"
)
_EXCEPTION_WORDS = (
    "A warehouse's rate is floor(10^6 * number of kind `exception` / number of kind `counted`), "
    f"{_AT_MIDNIGHT}"
)
_SHORT_WORDS = (
    "A warehouse's rate is floor(10^6 * sum of short_quantity of kind `exception` with exception "
    f"`count_mismatch` / sum of quantity of kind `counted`), {_AT_MIDNIGHT}"
)
_MEAN = (
    "Over the warehouses that have a rate: sum of (number of custody messages of kind `counted` "
    "of the enterprise there in 365 days) * rate / (10^6 * sum of these numbers)"
)
_MISSING = Phrase(
    "Nothing of it was counted in the year at a warehouse that six enterprises use.",
    "近一年未在有六家以上货主的仓库盘点，仓库情况无从得知。",
)

FEATURES = (
    Feature(
        name="warehouse_exception_rate_365d",
        family="custody",
        unit="rate",
        title=Phrase("Exceptions per count at its warehouses, all clients", "所在仓库异常事件率"),
        definition=f"{_MEAN}. {_EXCEPTION_WORDS}.",
        recipe=MeanOfWarehouses(COUNTED, 365, _EXCEPTION_RATE),
        direction=1,
        direction_reason="Goods are as safe as the house in which they lie, whoever owns them.",
        missing=_MISSING,
        low=Phrase(
            "Its warehouses find little wrong with anyone's goods.", "所在仓库整体异常较少。"
        ),
        high=Phrase(
            "Its warehouses find more wrong with their clients' goods than usual.",
            "所在仓库整体异常事件偏多，保管能力存疑。",
        ),
        window=365,
    ),
    Feature(
        name="warehouse_short_share_365d",
        family="custody",
        unit="share",
        title=Phrase("Quantity short at its warehouses, all clients", "所在仓库盘点短少占比"),
        definition=f"{_MEAN}. {_SHORT_WORDS}.",
        recipe=MeanOfWarehouses(COUNTED, 365, _SHORT_RATE),
        direction=1,
        direction_reason="Where others' goods went missing, these may.",
        missing=_MISSING,
        low=Phrase("Little goes missing at its warehouses.", "所在仓库盘点短少较少。"),
        high=Phrase(
            "More goes missing at its warehouses than usual.", "所在仓库盘点短少偏多，货物易流失。"
        ),
        window=365,
    ),
    Feature(
        name="exceptions_to_warehouse_rate_365d",
        family="custody",
        unit="ratio",
        title=Phrase("Exceptions against those of the same warehouses", "与同仓货主相比的异常水平"),
        definition=(
            "Over the warehouses that have a rate and at which there is any custody message of "
            "kind `counted` of the enterprise in 365 days: 10^6 * number of its custody messages "
            "of kind `exception` there in 365 days / sum of (number of its `counted` there in 365 "
            f"days) * rate. {_EXCEPTION_WORDS}."
        ),
        recipe=ToExpected(COUNTED, 365, _EXCEPTION_RATE, EXCEPTIONS),
        direction=1,
        direction_reason="What the house does not explain lies with the owner.",
        missing=Phrase(
            "Nothing of it was counted in the year at a warehouse that six enterprises use and "
            "that found anything wrong.",
            "近一年未在有六家以上货主且有异常记录的仓库盘点，无从比较。",
        ),
        low=Phrase(
            "Less is wrong with its goods than with others' in the same warehouses.",
            "异常少于同仓其他货主。",
        ),
        high=Phrase(
            "More is wrong with its goods than with others' in the same warehouses.",
            "异常多于同仓其他货主，问题多在货主自身。",
        ),
        window=365,
        pivot=1.0,
    ),
)
