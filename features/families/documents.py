"""Documents: whether the papers of the goods exist and agree."""

from features.families.balances import APPRAISALS, STOCK
from features.families.cargo_value import DECLARED_365, STOCK_VALUE
from features.families.turnover import SOLD_365
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Ratio
from features.nodes.balances import Flow
from features.nodes.stock import Covered, Held, Worth
from features.nodes.windows import Total
from features.recipe import Rows

POLICIES = Rows("document", (("kind", ("insurance_policy",)),), until="valid_until")
INVOICES = Rows("document", (("kind", ("vat_invoice",)),))
BILLS = Rows("document", (("kind", ("bill_of_lading",)),))
CERTIFICATES = Rows("document", (("kind", ("quarantine_certificate",)),), until="valid_until")

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
    Feature(
        name="bill_of_lading_share_of_stock_now",
        family="documents",
        unit="share",
        title=Phrase("Share of stock with a bill of lading", "库存提单覆盖率"),
        definition=(
            "Stock value (as in stock_value_now) of lots for which a document of kind "
            "`bill_of_lading` of the enterprise stands / stock_value_now."
        ),
        recipe=Ratio(Worth(STOCK, APPRAISALS, Held(BILLS, None, present=True)), STOCK_VALUE),
        direction=-1,
        direction_reason="The bill of lading proves that the goods came, and to whom.",
        missing=Phrase("There is no stock of any value.", "当前无在库货值。"),
        low=Phrase(
            "Part of the stock has no bill of lading.", "部分库存缺少提单，货权来源待核实。"
        ),
        high=Phrase("The stock has its bills of lading.", "库存提单齐备，货权来源清晰。"),
    ),
    Feature(
        name="quarantine_certificate_share_of_stock_now",
        family="documents",
        unit="share",
        title=Phrase("Share of stock with a quarantine certificate", "库存检疫证明覆盖率"),
        definition=(
            "Stock value (as in stock_value_now) of lots for which a document of kind "
            "`quarantine_certificate` of the enterprise stands and valid_until is absent or after "
            "T / stock_value_now."
        ),
        recipe=Ratio(Worth(STOCK, APPRAISALS, Held(CERTIFICATES, None, present=True)), STOCK_VALUE),
        direction=0,
        direction_reason="Only food needs one: none is no fault in ore.",
        missing=Phrase("There is no stock of any value.", "当前无在库货值。"),
        low=Phrase(
            "Little of the stock has a quarantine certificate.", "持有检疫证明的库存占比较低。"
        ),
        high=Phrase(
            "Much of the stock is food with its quarantine certificate.",
            "库存以持有检疫证明的食品类货物为主。",
        ),
        pivot=0.5,
    ),
    Feature(
        name="invoiced_share_of_sales_365d",
        family="documents",
        unit="ratio",
        title=Phrase("Invoiced share of sales", "销售开票率"),
        definition=(
            "Sum of amount over documents of kind `vat_invoice` in 365 days / "
            "outbound_value_sum_365d."
        ),
        recipe=Ratio(Total(INVOICES, "amount", 365), SOLD_365),
        direction=-1,
        direction_reason="A sale with its invoice can be proved; one without may not have been.",
        missing=Phrase("Nothing was sold in the year.", "近一年无销售记录。"),
        low=Phrase("Part of the sales was not invoiced.", "部分销售未开具增值税发票。"),
        high=Phrase("The sales were invoiced.", "销售开票较为完整。"),
        window=365,
    ),
    Feature(
        name="insured_amount_share_of_stock_now",
        family="documents",
        unit="share",
        title=Phrase("Insured amount to stock value", "保险金额覆盖率"),
        definition=(
            "Sum over lots of the smaller of the lot's stock value (as in stock_value_now) and the "
            "sum of amount over the lot's documents of kind `insurance_policy` of the enterprise "
            "whose valid_until is absent or after T / stock_value_now."
        ),
        recipe=Ratio(Covered(STOCK, APPRAISALS, Flow(POLICIES, "amount")), STOCK_VALUE),
        direction=-1,
        direction_reason="A loss is paid up to the amount insured and no further.",
        missing=Phrase("There is no stock of any value.", "当前无在库货值。"),
        low=Phrase(
            "Insurance falls short of the stock's value.", "保险金额低于库存货值，存在敞口。"
        ),
        high=Phrase("Insurance covers the stock's value.", "保险金额对库存货值覆盖较好。"),
    ),
)
