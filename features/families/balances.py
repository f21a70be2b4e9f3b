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
PURCHASES = Rows("purchase", (("kind", ("transferred",)),))
PURCHASE_PAYMENTS = Rows("purchase", (("kind", ("paid",)),))
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
RECEIVABLES_BY_BUYER = Balance(RECEIVABLES.adds, RECEIVABLES.takes, key="buyer")
PAYABLES = Balance(
    adds=(Flow(PURCHASES, "price"),), takes=(Flow(PURCHASE_PAYMENTS, "price"),), key="number"
)
PLEDGED = Rows("pledge", (("kind", ("registered",)),))
PLEDGE_ENDED = Rows("pledge", (("kind", ("released", "enforced")),))
PLEDGES_BY_RECEIPT = Balance(
    adds=(Flow(PLEDGED, "amount"),), takes=(Flow(PLEDGE_ENDED, "amount"),), key="receipt"
)
PLEDGES_BY_LENDER = Balance(PLEDGES_BY_RECEIPT.adds, PLEDGES_BY_RECEIPT.takes, key="lender")
PLEDGED_QUANTITY = Balance(
    adds=(Flow(PLEDGED, "quantity"),), takes=(Flow(PLEDGE_ENDED, "quantity"),), key="cargo_code"
)
PLEDGED_TO_LENDER = Balance(PLEDGED_QUANTITY.adds, PLEDGED_QUANTITY.takes, key="lot_of_lender")
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
GRANTED_BY_LENDER = Balance(GRANTED.adds, GRANTED.takes, key="lender")
GUARANTEES = Balance(
    adds=(Flow(Rows("enterprise", (("kind", ("guarantee_given",)),)), "amount"),),
    takes=(Flow(Rows("enterprise", (("kind", ("guarantee_ended",)),)), "amount"),),
    key="reference",
)
GUARANTEES_BY_PARTY = Balance(GUARANTEES.adds, GUARANTEES.takes, key="party")
