"""An example of what is told of the model in force, for the page of the interface."""

from typing import Any

CHAMPION: dict[str, Any] = {
    "model": {"name": "sme-pd", "version": "3", "hash": "4f1c" * 16},
    "catalogue_hash": "a907" * 16,
    "features": ["declared_value_sum_365d", "stock_value_now", "instalment_late_share_365d"],
    "card": "# Model card: sme-pd\n\nModel `4f1c...`.\n",
    "validation": {
        "verdict": "amber",
        "report_sha256": "77e0" * 16,
        "counts": {"red": 0, "amber": 1, "green": 0, "not applicable": 0},
        "test": {
            "rows": 3159,
            "enterprises": 599,
            "defaults": 88,
            "first_month": "2021-06",
            "last_month": "2021-11",
        },
        "checks": [
            {
                "code": "VAL305",
                "title_en": "PD against defaults, all grades",
                "title_zh": "违约概率与实际违约对比（全部等级）",
                "verdict": "amber",
                "figure": 0.03,
                "amber": 0.05,
                "red": 0.01,
                "worse": "below",
            }
        ],
    },
    "promotion": {
        "position": 4,
        "hash": "19bd" * 16,
        "promoted_by": "Chen Jing",
        "promoted_at": "2023-01-05T02:00:00Z",
        "reason": "yearly retraining",
        "signers": [],
    },
}
