"""An example of a profile, as the interface's description shows it; of all figures only some."""

from typing import Any

_PEERS = {
    "en": "small enterprises that trade mostly in base metals",
    "zh": "主营贱金属及其制品的小型企业",
    "number": 67,
}


def _named(feature: str, title_en: str, title_zh: str, value: float, unit: str) -> dict[str, Any]:
    return {
        "feature": feature,
        "title_en": title_en,
        "title_zh": title_zh,
        "value": value,
        "unit": unit,
    }


def _figure(
    named: dict[str, Any], percentile: float, better_than: float, quartiles: tuple[float, ...]
) -> dict[str, Any]:
    low, median, high = quartiles
    standing = "better" if better_than >= 75 else "worse" if better_than <= 25 else "usual"
    return {
        **named,
        "percentile": percentile,
        "standing": standing,
        "text_en": f"Better than {better_than:g} % of its peers.",
        "text_zh": f"优于{better_than:g}%的同类企业。",
        "peers": _PEERS,
        "quartiles": {"low": low, "median": median, "high": high},
    }


def _report(title_en: str, title_zh: str, *said: tuple[dict[str, Any], str, str]) -> dict[str, Any]:
    return {
        "title_en": title_en,
        "title_zh": title_zh,
        "sentences": [{"feature": f["feature"], "en": en, "zh": zh} for f, en, zh in said],
        "figures": [figure for figure, _, _ in said],
    }


_BUYER = _named("counterparty_top_share_365d", "Largest buyer", "最大客户占比", 0.62, "share")
_STOCK = _named("stock_value_now", "Value of stock in custody", "在库货值", 400_000_000.0, "fen")
_DAYS = _named("days_of_stock_90d", "Days of stock", "存货周转天数", 41.5, "days")
_EXCEPTIONS = _named(
    "custody_exception_rate_365d",
    "Exceptions per count, 365 days",
    "近一年异常事件率",
    0.02,
    "rate",
)
_PAST_DUE = _named("days_past_due_now", "Days past due", "当前逾期天数", 0.0, "days")
_OVERDUE = _named(
    "receivable_overdue_share_now",
    "Overdue share of receivables",
    "应收账款逾期占比",
    0.11,
    "share",
)
_AMENDED = _named(
    "declaration_amended_rate_365d", "Amended declarations", "报关单修改率", 0.02, "rate"
)
_RELATED = _named(
    "related_sales_share_365d", "Sales to related parties", "关联交易销售占比", 0.0, "share"
)
_RETURN = _named(
    "basket_return_90d",
    "Return of the goods in stock, 90 days",
    "在库商品近90天价格涨跌",
    -0.031,
    "ratio",
)

PROFILE: dict[str, Any] = {
    "enterprise_id": "91350211MA31009013",
    "as_of": "2022-12-31T16:00:00Z",
    "record_position": 2_183_402,
    "newest_message": {"known_at": "2022-12-30T09:12:44Z", "position": 2_183_377},
    "catalogue_hash": "788f9e9cc296d4a521008056f01e554b5fb44406a5a999fd20f09128b042c5d3",
    "comparison": {
        "status": "compared",
        "as_of": "2022-12-31T16:00:00Z",
        "group_en": _PEERS["en"],
        "group_zh": _PEERS["zh"],
    },
    "identity": {
        "region": "350200",
        "industry": "F5164",
        "size_class": "small",
        "registered_capital_fen": 500_000_000,
        "established_on": "1998-03-12",
        "customs_credit_grade": "registered",
        "registered_since": "2019-12-31T16:00:00Z",
    },
    "tags": [
        {
            "code": "single_buyer",
            "title_en": "single-buyer dependent",
            "title_zh": "依赖单一客户",
            "bearing": "caution",
            "rule_en": "“Largest buyer” at least 50 %.",
            "rule_zh": "“最大客户占比”不低于50%。",
            "found": [_BUYER],
        }
    ],
    "trade": {
        "imports_fen": 1_155_824_000,
        "exports_fen": 0,
        "by_commodity": [
            {"chapter": "74", "imports_fen": 1_155_824_000, "exports_fen": 0, "share": 1.0}
        ],
        "by_origin": [{"country": "CL", "value_fen": 1_155_824_000, "share": 1.0}],
        "declared_partners": {"count": "5 to 9", "share_of_five_largest": "over 80 %"},
        "buyers": {"count": "10 to 24", "share_of_five_largest": "60 % to 80 %"},
        "figures": [_figure(_BUYER, 84.0, 16.0, (0.38, 0.45, 0.56))],
    },
    "stock": {
        "by_chapter": [{"chapter": "74", "value_fen": 400_000_000}],
        "figures": [_figure(_STOCK, 61.5, 61.5, (74_000_000.0, 280_000_000.0, 610_000_000.0))],
    },
    "turnover": {"figures": [_figure(_DAYS, 48.0, 52.0, (14.1, 44.2, 99.3))]},
    "custody": _report(
        "Custody",
        "仓储监管",
        (
            _figure(_EXCEPTIONS, 74.5, 25.5, (0.0, 0.0091, 0.0203)),
            "Over the year there were exceptions at 2 % of counts. Median of its peers: 0.9 %.",
            "近一年异常事件为盘点次数的2%。同类企业中位数：0.9%。",
        ),
    ),
    "pledges": {"encumbered": True, "share_of_stock": "up to 25 %"},
    "conduct": {
        "default_in_force": False,
        "dishonest_debtor": False,
        "financing": _report(
            "Service of loans", "融资履约", (_PAST_DUE, "Nothing is past due.", "当前无逾期。")
        ),
        "payments": _report(
            "Payments and receivables",
            "货款收付",
            (_OVERDUE, "11 % of what buyers owe is overdue.", "应收货款逾期占比为11%。"),
        ),
        "customs": _report(
            "Customs",
            "通关守法",
            (
                _AMENDED,
                "2 % of the year's declarations were amended.",
                "近一年报关单修改率为2%。",
            ),
        ),
        "connected": _report(
            "Connected parties",
            "关联方",
            (
                _RELATED,
                "No sale of the year went to a related party.",
                "近一年无关联交易销售。",
            ),
        ),
    },
    "market": {"figures": [_RETURN]},
    "data_depth": {
        "grade": "B",
        "held_by": ["sources"],
        "sources": 4,
        "late_streams": [],
        "days_on_record": 1_095,
        "messages": 1_042,
        "streams": {"enterprise": 3, "declaration": 148, "custody": 512, "title": 133},
        "recent_streams": ["declaration", "custody", "title"],
        "features_missing": 0,
    },
}
