"""The tags that an enterprise may carry; their thresholds are the house's, not a regulator's."""

from features.feature import Phrase
from serving.profiles.tag import Condition, Tag

TAGS = (
    Tag(
        "new_to_record",
        Phrase("new to the record", "新入库企业"),
        "caution",
        (Condition("months_on_record", "at most", 12),),
    ),
    Tag(
        "credit_newcomer",
        Phrase("never lent to", "首贷户"),
        "neutral",
        (Condition("days_past_due_now", "missing"),),
    ),
    Tag(
        "customs_certified",
        Phrase("advanced certified by customs", "海关高级认证企业"),
        "strength",
        (Condition("customs_credit_grade_now", "at most", 0),),
    ),
    Tag(
        "cold_chain",
        Phrase("cold-chain importer", "冷链进口商"),
        "neutral",
        (
            Condition("quarantine_certificate_share_of_stock_now", "at least", 0.5),
            Condition("sensor_silence_days_now", "known"),
            Condition("received_to_declared_quantity_365d", "known"),
        ),
    ),
    Tag(
        "imports_through_agents",
        Phrase("imports through agents", "以代理进口为主"),
        "neutral",
        (Condition("agent_share_365d", "at least", 0.5),),
    ),
    Tag(
        "trade_growing",
        Phrase("trade growing", "贸易增长"),
        "strength",
        (
            Condition("declared_value_pace_90d_365d", "at least", 1.3),
            Condition("outbound_pace_90d_365d", "at least", 1.1),
        ),
    ),
    Tag(
        "trade_shrinking",
        Phrase("trade shrinking", "贸易萎缩"),
        "caution",
        (Condition("declared_value_pace_90d_365d", "at most", 0.5),),
    ),
    Tag(
        "turnover_slowing",
        Phrase("turnover slowing", "周转放缓"),
        "caution",
        (
            Condition("outbound_pace_90d_365d", "at most", 0.7),
            Condition("days_of_stock_90d", "at least", 60),
        ),
    ),
    Tag(
        "stock_ageing",
        Phrase("stock ageing", "库龄偏长"),
        "caution",
        (
            Condition("stock_age_mean_now", "at least", 180),
            Condition("dormant_stock_share_90d", "at least", 0.3),
        ),
    ),
    Tag(
        "single_buyer",
        Phrase("single-buyer dependent", "依赖单一客户"),
        "caution",
        (Condition("counterparty_top_share_365d", "at least", 0.5),),
    ),
    Tag(
        "many_buyers",
        Phrase("spread over many buyers", "客户分散"),
        "strength",
        (Condition("counterparty_herfindahl_365d", "at most", 0.2),),
    ),
    Tag(
        "single_good",
        Phrase("trades in one good", "单一品种经营"),
        "neutral",
        (Condition("commodity_top_share_365d", "at least", 0.9),),
    ),
    Tag(
        "price_exposed",
        Phrase("price-exposed", "价格敞口较大"),
        "caution",
        (
            Condition("basket_volatility_90d", "at least", 0.025),
            Condition("days_of_stock_90d", "at least", 45),
        ),
    ),
    Tag(
        "clean_custody",
        Phrase("clean custody record", "监管记录良好"),
        "strength",
        (
            Condition("custody_exception_rate_365d", "at most", 0),
            Condition("counted_share_of_stock_90d", "at least", 0.5),
        ),
    ),
    Tag(
        "custody_troubled",
        Phrase("custody exceptions frequent", "监管异常频发"),
        "caution",
        (Condition("custody_exception_rate_365d", "at least", 0.05),),
    ),
    Tag(
        "stock_uncounted",
        Phrase("stock not counted of late", "库存盘点不足"),
        "caution",
        (Condition("counted_share_of_stock_90d", "at most", 0.25),),
    ),
    Tag(
        "no_arrears_24_months",
        Phrase("no arrears in 24 months", "近24个月无逾期"),
        "strength",
        (
            Condition("days_past_due_max_730d", "at most", 0),
            Condition("days_since_first_facility", "at least", 730),
        ),
    ),
    Tag(
        "in_arrears",
        Phrase("in arrears", "当前逾期"),
        "caution",
        (Condition("days_past_due_now", "at least", 1),),
    ),
    Tag(
        "often_late",
        Phrase("instalments often late", "还款经常逾期"),
        "caution",
        (Condition("instalment_late_share_365d", "at least", 0.2),),
    ),
    Tag(
        "facilities_fully_drawn",
        Phrase("facilities fully drawn", "授信已基本用足"),
        "caution",
        (Condition("utilisation_now", "at least", 0.9),),
    ),
)
"""All tags, in the order in which a profile tells them."""
