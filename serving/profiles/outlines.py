"""What the reports on custody and conduct say, in the order in which a banker asks."""

from features.feature import Phrase
from serving.profiles.line import Line, Outline

CUSTODY = Outline(
    Phrase("Custody", "仓储监管"),
    (
        Line(
            "days_since_count",
            Phrase("Goods were last counted {} ago.", "最近一次盘点距今{}。"),
            Phrase("Goods were counted within the last day.", "最近一天内有盘点。"),
            tells_missing=True,
        ),
        Line(
            "counted_share_of_stock_90d",
            Phrase(
                "{} of the stock, by value, was counted within 90 days.",
                "近90天盘点覆盖在库货值的{}。",
            ),
            Phrase("None of the stock was counted within 90 days.", "在库货物近90天均未盘点。"),
            tells_missing=True,
        ),
        Line(
            "custody_exception_rate_365d",
            Phrase(
                "Over the year there were exceptions at {} of counts.",
                "近一年异常事件为盘点次数的{}。",
            ),
            Phrase(
                "Goods were counted over the year, and no exception was reported.",
                "近一年有盘点，且无异常事件报送。",
            ),
        ),
        Line(
            "days_since_exception",
            Phrase("The last exception was {} ago.", "上次异常事件距今{}。"),
            Phrase("An exception occurred within the last day.", "最近一天内发生异常事件。"),
        ),
        Line(
            "quantity_short_share_365d",
            Phrase(
                "Counts of the year found {} of the quantity received short.",
                "近一年盘点短少数量为入库数量的{}。",
            ),
            Phrase("Counts of the year found nothing short.", "近一年盘点未发现短少。"),
        ),
        Line(
            "count_mismatch_rate_365d",
            Phrase("Books and goods disagreed at {} of counts.", "账实不符为盘点次数的{}。"),
        ),
        Line(
            "seal_broken_rate_365d",
            Phrase("Seals were found broken at {} of counts.", "封志破损为盘点次数的{}。"),
        ),
        Line(
            "unauthorised_movement_rate_365d",
            Phrase("Goods were moved without leave at {} of counts.", "擅自移库为盘点次数的{}。"),
        ),
        Line(
            "document_mismatch_rate_365d",
            Phrase(
                "Goods disagreed with their papers at {} of counts.", "单货不符为盘点次数的{}。"
            ),
        ),
        Line(
            "temperature_excursion_rate_365d",
            Phrase("Goods left their temperature at {} of counts.", "超温事件为盘点次数的{}。"),
        ),
        Line(
            "warehouse_exception_rate_365d",
            Phrase(
                "Its warehouses, over all their clients, report exceptions at {} of counts.",
                "所在仓库全部货主的异常事件为盘点次数的{}。",
            ),
        ),
        Line(
            "sensor_silence_days_now",
            Phrase(
                "The sensors of the goods in stock have been silent for {}, on average.",
                "在库货物传感器平均静默{}。",
            ),
            Phrase("The sensors of the goods in stock report.", "在库货物传感器数据正常回传。"),
        ),
        Line(
            "insured_stock_share_now",
            Phrase("{} of the stock, by value, is insured.", "在库货值的{}已投保。"),
            Phrase("None of the stock is insured.", "在库货物均未投保。"),
        ),
    ),
    ("custody",),
)

FINANCING = Outline(
    Phrase("Service of loans", "融资履约"),
    (
        Line(
            "days_past_due_now",
            Phrase("A payment is {} past due.", "当前逾期{}。"),
            Phrase("Nothing is past due.", "当前无逾期。"),
            tells_missing=True,
        ),
        Line(
            "days_past_due_max_365d",
            Phrase("The worst delay of the year was {}.", "近一年最大逾期{}。"),
            Phrase("No payment was late in the year.", "近一年无逾期。"),
        ),
        Line(
            "days_past_due_max_730d",
            Phrase("The worst delay of 24 months was {}.", "近24个月最大逾期{}。"),
            Phrase("No payment was late in 24 months.", "近24个月无逾期。"),
        ),
        Line(
            "instalment_late_share_365d",
            Phrase("{} of the year's instalments were paid late.", "近一年逾期还款笔数占比为{}。"),
            Phrase("Every instalment of the year was paid when due.", "近一年各期均按时还款。"),
        ),
        Line(
            "repaid_to_due_90d",
            Phrase("In 90 days it repaid {} of what fell due.", "近90天还款为应还款项的{}。"),
            Phrase("In 90 days it repaid nothing of what fell due.", "近90天到期款项均未偿还。"),
        ),
        Line(
            "utilisation_now",
            Phrase("{} of its facilities is drawn.", "授信使用率为{}。"),
            Phrase("Its facilities are undrawn.", "现有授信均未使用。"),
        ),
        Line(
            "extended_or_restructured_365d",
            Phrase(
                "Extensions and restructurings of loans in the year: {}.",
                "近一年贷款展期或重组{}次。",
            ),
        ),
    ),
    ("financing conduct",),
)

PAYMENTS = Outline(
    Phrase("Payments and receivables", "货款收付"),
    (
        Line(
            "days_sales_outstanding_365d",
            Phrase("A sale stays unpaid for {}, on average.", "应收账款周转天数为{}。"),
            tells_missing=True,
        ),
        Line(
            "receivable_overdue_share_now",
            Phrase("{} of what buyers owe is overdue.", "应收货款逾期占比为{}。"),
            Phrase("Nothing that buyers owe is overdue.", "应收货款无逾期。"),
        ),
        Line(
            "payment_lateness_mean_365d",
            Phrase("Buyers pay {} late, on average.", "客户平均延迟付款{}。"),
            Phrase("Buyers pay when due.", "客户均按期付款。"),
        ),
        Line(
            "payable_overdue_share_now",
            Phrase("{} of what it owes sellers is overdue.", "应付货款逾期占比为{}。"),
            Phrase("Nothing that it owes sellers is overdue.", "应付货款无逾期。"),
        ),
        Line(
            "payable_lateness_mean_365d",
            Phrase("It pays sellers {} late, on average.", "对上游平均延迟付款{}。"),
            Phrase("It pays sellers when due.", "对上游均按期付款。"),
        ),
        Line(
            "round_trip_lots_365d",
            Phrase(
                "Lots sold and bought back in the year: {}.", "近一年售出后又购回的批次为{}个。"
            ),
        ),
    ),
    ("title and receivables",),
)

CUSTOMS = Outline(
    Phrase("Customs", "通关守法"),
    (
        Line(
            "declaration_amended_rate_365d",
            Phrase("{} of the year's declarations were amended.", "近一年报关单修改率为{}。"),
            Phrase("No declaration of the year was amended.", "近一年无报关单修改。"),
            tells_missing=True,
        ),
        Line(
            "inspection_detained_rate_365d",
            Phrase("{} of inspections ended in detention.", "查验扣留率为{}。"),
            Phrase("No inspection ended in detention.", "查验未见扣留。"),
        ),
        Line(
            "inspection_amended_rate_365d",
            Phrase("{} of inspections led to an amendment.", "查验改单率为{}。"),
            Phrase("No inspection led to an amendment.", "查验未见改单。"),
        ),
        Line(
            "received_to_declared_quantity_365d",
            Phrase(
                "Into custody came {} of the quantity declared for import.",
                "入库数量为进口报关数量的{}。",
            ),
            Phrase("Nothing declared for import came into custody.", "进口报关货物均未入库。"),
        ),
    ),
    ("customs conduct",),
)

CONNECTED = Outline(
    Phrase("Connected parties", "关联方"),
    (
        Line(
            "related_sales_share_365d",
            Phrase("{} of the sales go to related parties.", "关联交易销售占比为{}。"),
            Phrase("No sale of the year went to a related party.", "近一年无关联交易销售。"),
        ),
        Line(
            "guarantees_to_capital_now",
            Phrase(
                "It guarantees debts of others for {} of its registered capital.",
                "对外担保为注册资本的{}。",
            ),
            Phrase("It guarantees nobody's debts on record.", "无有记录的对外担保。"),
        ),
    ),
    ("connected parties",),
)
