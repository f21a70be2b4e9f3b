"""Balances that several families read: stock, receivables, pledges, credit."""

from features.nodes.balances import Balance, Flow
from features.recipe import Rows

RECEIVED = Rows("custody", (("kind", ("received",)),))
RELEASED = Rows("custody", (("kind", ("released",)),))
COUNTED = Rows("custody", (("kind", ("counted",)),))
MOVEMENTS = Rows("custody", (("kind", ("received", "moved", "released")),))
SALES = Rows("title", (("kind", ("transferred",)),))
PAYMENTS = Rows("title", (("kind", ("paid",)),))
SOLD_IN_STORAGE = Rows("title", (("kind", ("transferred",)), ("in_storage", ("yes",))))
BOUGHT_IN_STORAGE = Rows("purchase", (("kind", ("transferred",)), ("in_storage", ("yes",))))
APPRAISALS = Rows("appraisal", (("kind", ("appraisal",)),))
DECLARED = Rows("declaration", (("kind", ("declared",)),))

STOCK = Balance(
    adds=(Flow(RECEIVED, "quantity"), Flow(BOUGHT_IN_STORAGE, "quantity")),
    takes=(Flow(RELEASED, "quantity"), Flow(SOLD_IN_STORAGE, "quantity")),
    key="cargo_code",
)
STOCK_WORDS = (
    "Stock of a lot: quantity of custody `received` plus quantity of title `transferred` in "
    "storage to the enterprise, less quantity of custody `released` and of title `transferred` in "
    "storage from it; at least 0"
)
PRICE_WORDS = (
    "the unit price of the lot's valuation of kind `appraisal` that occurred last "
    "(greatest occurred_at, then position), 0 if there is none"
)
RECEIVABLES = Balance(adds=(Flow(SALES, "price"),), takes=(Flow(PAYMENTS, "price"),), key="number")
PLEDGES_BY_RECEIPT = Balance(
    adds=(Flow(Rows("pledge", (("kind", ("registered",)),)), "amount"),),
    takes=(Flow(Rows("pledge", (("kind", ("released", "enforced")),)), "amount"),),
    key="receipt",
)
PLEDGES_BY_LENDER = Balance(PLEDGES_BY_RECEIPT.adds, PLEDGES_BY_RECEIPT.takes, key="lender")
DRAWN = Balance(
    adds=(Flow(Rows("financing", (("kind", ("drawn",)),)), "amount"),),
    takes=(Flow(Rows("financing", (("kind", ("instalment_paid",)),)), "amount"),),
    key="facility",
)
GRANTED = Balance(
    adds=(Flow(Rows("financing", (("kind", ("facility",)),)), "amount"),),
    takes=(Flow(Rows("financing", (("kind", ("closed",)),)), "amount"),),
    key="facility",
)
GUARANTEES = Balance(
    adds=(Flow(Rows("enterprise", (("kind", ("guarantee_given",)),)), "amount"),),
    takes=(Flow(Rows("enterprise", (("kind", ("guarantee_ended",)),)), "amount"),),
    key="reference",
)
