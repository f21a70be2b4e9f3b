"""Documents: whether the papers of the goods exist and agree."""

from features.families.balances import APPRAISALS, STOCK
from features.families.cargo_value import DECLARED_365, STOCK_VALUE
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Ratio
from features.nodes.stock import Held, Worth
from features.nodes.windows import Total
from features.recipe import Rows

POLICIES = Rows("document", (("kind", ("insurance_policy",)),), until="valid_until")
INVOICES = Rows("document", (("kind", ("vat_invoice",)),))

FEATURES = (
    Feature(
        name="insured_stock_share_now",
        family="documents",
        unit="share",
        title=Phrase("Insured share of stock", "库存投保比例"),
        definition=(
            "Stock value of lots for which a document of kind `insurance_policy` of the "
            "enterprise stands and valid_until is absent or after T / stock_value_now."
        ),
        recipe=Ratio(Worth(STOCK, APPRAISALS, Held(POLICIES, None, present=True)), STOCK_VALUE),
        direction=-1,
        direction_reason="Insured goods keep their worth through fire, flood and thaw.",
        missing=Phrase("There is no stock.", "当前无在库货物。"),
        low=Phrase("Part of the stock is not insured.", "部分库存未投保，投保覆盖不足。"),
        high=Phrase("The stock is insured.", "库存投保覆盖较好。"),
    ),
    Feature(
        name="invoice_to_declared_365d",
        family="documents",
        unit="ratio",
        title=Phrase("Invoiced to declared value", "发票与报关金额比"),
        definition=(
            "Sum of amount over documents of kind `vat_invoice` in 365 days / "
            "declared_value_sum_365d."
        ),
        recipe=Ratio(Total(INVOICES, "amount", 365), DECLARED_365),
        direction=0,
        direction_reason="Both too little and too much invoiced speak against the declaration.",
        missing=Phrase("Nothing was declared in the year.", "近一年无报关记录。"),
        low=Phrase("Invoices cover less than what was declared.", "增值税发票金额低于报关金额。"),
        high=Phrase("Invoices exceed what was declared.", "增值税发票金额高于报关金额。"),
        window=365,
        pivot=1.0,
    ),
)
