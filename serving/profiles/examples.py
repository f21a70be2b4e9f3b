"""An example of a profile, as the interface's description shows it; of all figures only some."""

from typing import Any


def _figure(feature: str, title_en: str, title_zh: str, value: float, unit: str) -> dict[str, Any]:
    return {
        "feature": feature,
        "title_en": title_en,
        "title_zh": title_zh,
        "value": value,
        "unit": unit,
    }


PROFILE: dict[str, Any] = {
    "enterprise_id": "91350211MA31009013",
    "as_of": "2022-12-31T16:00:00Z",
    "record_position": 2_183_402,
    "newest_message": {"known_at": "2022-12-30T09:12:44Z", "position": 2_183_377},
    "catalogue_hash": "788f9e9cc296d4a521008056f01e554b5fb44406a5a999fd20f09128b042c5d3",
    "identity": {
        "region": "350200",
        "industry": "F5164",
        "size_class": "small",
        "registered_capital_fen": 500_000_000,
        "established_on": "1998-03-12",
        "customs_credit_grade": "registered",
        "registered_since": "2019-12-31T16:00:00Z",
    },
    "trade": {
        "imports_fen": 1_155_824_000,
        "exports_fen": 0,
        "by_commodity": [
            {"chapter": "74", "imports_fen": 1_155_824_000, "exports_fen": 0, "share": 1.0}
        ],
        "by_origin": [{"country": "CL", "value_fen": 1_155_824_000, "share": 1.0}],
        "declared_partners": {"count": "5 to 9", "share_of_five_largest": "over 80 %"},
        "buyers": {"count": "10 to 24", "share_of_five_largest": "60 % to 80 %"},
        "figures": [
            _figure(
                "declaration_amended_rate_365d",
                "Declarations amended",
                "报关单修改率",
                0.02,
                "rate",
            )
        ],
    },
    "stock": {
        "by_chapter": [{"chapter": "74", "value_fen": 400_000_000}],
        "figures": [
            _figure(
                "stock_value_now", "Value of stock in custody", "在库货值", 400_000_000.0, "fen"
            )
        ],
    },
    "turnover": {
        "figures": [_figure("days_of_stock_90d", "Days of stock", "存货周转天数", 41.5, "days")]
    },
    "custody": {
        "figures": [
            _figure(
                "custody_exception_rate_90d",
                "Exceptions per count, 90 days",
                "近90天异常事件率",
                0.1,
                "rate",
            )
        ]
    },
    "pledges": {"encumbered": True, "share_of_stock": "up to 25 %"},
    "financing": {
        "default_in_force": False,
        "dishonest_debtor": False,
        "figures": [_figure("days_past_due_now", "Days past due", "当前逾期天数", 0.0, "days")],
    },
    "market": {
        "figures": [
            _figure(
                "basket_return_90d",
                "Return of the goods in stock, 90 days",
                "在库商品近90天价格涨跌",
                -0.031,
                "ratio",
            )
        ]
    },
    "data_depth": {
        "days_on_record": 1_095,
        "messages": 1_042,
        "streams": {"enterprise": 3, "declaration": 148, "custody": 512, "title": 133},
        "recent_streams": ["declaration", "custody", "title"],
        "features_missing": 0,
    },
}
