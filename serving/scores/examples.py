"""Examples of answers, as the interface's description shows them; of all points only some."""

from typing import Any

from serving.scores.document import fill

_FRAME: dict[str, Any] = {
    "version": 4,
    "language": "en",
    "client_reference": "loan-2023-000017",
    "as_of": "2022-12-31T16:00:00Z",
    "answered_at": "2023-01-03T01:15:07.482113Z",
    "model": {
        "name": "sme-pd",
        "version": "3",
        "hash": "5f0c1d6f1b7a3c1e0c7c9a4f2f6d8e8b3a1f5d4c7b6a59788796a5b4c3d2e1f0",
    },
    "policy": {
        "name": "default",
        "hash": "1e38190e50cd9e34b578837992006f231cae61c1f8e0dcf13e33eaf135044549",
    },
    "catalogue_hash": "788f9e9cc296d4a521008056f01e554b5fb44406a5a999fd20f09128b042c5d3",
    "record_position": 2_183_402,
    "disputed_facts": [],
}

SCORED: dict[str, Any] = {
    **_FRAME,
    "status": "scored",
    "score_id": "5b1f9b0e-7f0c-4a51-9a8e-0c6d0d9f2a11",
    "enterprise_id": "91350211MA31009013",
    "newest_message": {"known_at": "2022-12-30T09:12:44Z", "position": 2_183_377},
    "data_depth": {
        "grade": "B",
        "held_by": ["late_streams"],
        "sources": 5,
        "late_streams": [{"stream": "title", "silent_days": 61, "expected_days": 44}],
        "days_on_record": 1_095,
        "messages": 1_042,
        "streams": {
            "enterprise": 3,
            "declaration": 148,
            "document": 201,
            "custody": 512,
            "title": 133,
            "pledge": 4,
            "financing": 41,
            "outcome": 0,
        },
        "recent_streams": ["declaration", "document", "custody", "title", "pledge", "financing"],
        "features_missing": 0,
    },
    "score": 577,
    "score_micro_points": 577_166_667,
    "base_points": 607,
    "base_micro_points": 606_791_667,
    "points": [
        {
            "feature": "insured_stock_share_now",
            "points": -21,
            "micro_points": -20_750_000,
            "value": 0.34,
            "withheld": False,
        },
        {
            "feature": "instalment_late_share_365d",
            "points": -13,
            "micro_points": -12_625_000,
            "value": 0.25,
            "withheld": False,
        },
        {
            "feature": "turnover_90d",
            "points": 4,
            "micro_points": 3_750_000,
            "value": 1.6,
            "withheld": False,
        },
    ],
    "score_range": {
        "worst": 561,
        "best": 588,
        "late_streams": ["title"],
        "text_en": "Late: title. With plausible news of them the score would lie between 561 "
        "and 588.",
        "text_zh": "货权报送延迟；按合理的最差与最好情形，评分介于561至588分。",
    },
    "grade": "B",
    "graded_by": "through_the_cycle",
    "pd": 0.0691345,
    "pd_through_the_cycle": 0.0471596,
    "model_pd": 0.0691345,
    "pd_interval": {"low": 0.0435158, "high": 0.1081021, "level": 0.95},
    "default_in_force": False,
    "dishonest_debtor": False,
    "limit": {
        "amount_fen": 80_000_000,
        "currency": "CNY",
        "binding": "expected_loss",
        "binding_text_en": "The expected-loss budget, divided by PD and LGD, decides the limit.",
        "binding_text_zh": "额度受限于预期损失预算（除以违约概率与违约损失率）。",
        "expected_loss": {
            "pd": 0.0691345,
            "lgd": 0.45,
            "lgd_from": "policy",
            "lgd_estimate": None,
            "secured_share": 1.0,
            "liquid_share": 1.0,
            "controlled_share": 1.0,
            "ead_fen": 96_350_000,
            "expected_loss_fen": 2_997_499,
        },
        "components": {
            "collateral_fen": 265_887_500,
            "working_capital_fen": 190_000_000,
            "expected_loss_fen": 96_430_388,
            "lender_cap_fen": 2_000_000_000,
            "drawn_fen": 16_350_000,
            "working_capital": {
                "needed_fen": 271_428_571,
                "sales_fen": 857_142_857,
                "stock_days": 75,
                "receivable_days": 45,
                "payable_days": 0,
                "payable_days_from": "policy",
                "cycle_days": 120,
                "share_of_sales": None,
                "own_funds_fen": 81_428_571,
                "own_funds_from": "policy",
                "other_funding_fen": 0,
                "other_funding_from": "request",
                "existing_loans_fen": 16_350_000,
                "gap_fen": 173_650_000,
                "assumed_en": "Own funds are not on record: 814,286 CNY are assumed by the "
                "policy. Other funding is as the lender states.",
                "assumed_zh": "自有资金无记录，按授信政策假定为814,286元。"
                "其他渠道资金由贷款人填报。",
            },
            "stock": [
                {
                    "chapter": "74",
                    "hs_code": "7403111900",
                    "value_fen": 520_000_000,
                    "pledged_fen": 20_000_000,
                    "eligible_fen": 445_000_000,
                    "ltv": 0.5975,
                    "ltv_cap": 0.7,
                    "ltv_from": "haircut",
                    "haircut": {
                        "price": 0.3825,
                        "price_from": "history",
                        "selling_days": 60,
                        "quality": 0.005,
                        "cost_of_sale": 0.015,
                        "unpaid_tax": 0.123807,
                        "unpaid_tax_fen": 0,
                        "count_age_fen": 0,
                    },
                    "lending_value_fen": 265_887_500,
                }
            ],
            "ineligible": [
                {
                    "reason": "pledged",
                    "lots": 1,
                    "value_fen": 75_000_000,
                    "text_en": "The lot is pledged already.",
                    "text_zh": "货物已设立质押。",
                }
            ],
            "waived": [],
        },
        "lines": {
            "exposure_fen": 96_350_000,
            "goods_fen": 520_000_000,
            "ltv": 0.5975,
            "secured_by_fen": 161_255_231,
            "alert": {
                "fall": 0.08,
                "value_fen": 148_354_813,
                "headroom_fen": 371_645_187,
                "missing_fen": 0,
            },
            "close_out": {
                "fall": 0.18,
                "value_fen": 132_229_290,
                "headroom_fen": 387_770_710,
                "missing_fen": 0,
            },
            "standing": "above",
            "text_en": "With the limit drawn in full, the goods stand above the alert line.",
            "text_zh": "额度全额使用后，货值高于警戒线。",
        },
    },
    "reasons": [
        {
            "family": "documents",
            "points": -21,
            "micro_points": -20_750_000,
            "stable": True,
            "title_en": "Documents",
            "title_zh": "单证",
            "text_en": "Documents: costs 21 points.",
            "text_zh": "单证：扣21分。",
            "features": [
                {
                    "feature": "insured_stock_share_now",
                    "points": -21,
                    "micro_points": -20_750_000,
                    "value": 0.34,
                    "usual": 0.92,
                    "unit": "share",
                    "text": "Much of the stock is not insured. Insured share of stock: 34 %, "
                    "usually 92 %.",
                    "title_en": "Insured share of stock",
                    "title_zh": "库存投保比例",
                    "text_en": "Much of the stock is not insured.",
                    "text_zh": "库存投保覆盖不足。",
                    "messages": [
                        {
                            "message_id": "CIC-2022-118831",
                            "stream": "document",
                            "provider_id": "INSURER-02",
                            "occurred_at": "2022-10-11T03:00:00Z",
                            "recorded_at": "2022-10-11T03:20:10Z",
                            "known_at": "2022-10-11T03:20:10Z",
                        }
                    ],
                }
            ],
        },
        {
            "family": "financing conduct",
            "points": -13,
            "micro_points": -12_625_000,
            "stable": False,
            "title_en": "Financing conduct",
            "title_zh": "融资履约",
            "text_en": "Financing conduct: costs 13 points.",
            "text_zh": "融资履约：扣13分。",
            "features": [
                {
                    "feature": "instalment_late_share_365d",
                    "points": -13,
                    "micro_points": -12_625_000,
                    "value": 0.25,
                    "usual": 0.0,
                    "unit": "share",
                    "text": "Many instalments were paid late. Instalments paid late: 25 %, "
                    "usually 0 %.",
                    "title_en": "Instalments paid late",
                    "title_zh": "逾期还款笔数占比",
                    "text_en": "Many instalments were paid late.",
                    "text_zh": "逾期还款笔数占比偏高。",
                    "messages": [
                        {
                            "message_id": "L-2022-09-0031",
                            "stream": "financing",
                            "provider_id": None,
                            "occurred_at": "2022-09-21T16:00:00Z",
                            "recorded_at": "2022-09-22T01:00:00Z",
                            "known_at": "2022-09-22T01:00:00Z",
                        }
                    ],
                }
            ],
        },
    ],
}

INSUFFICIENT: dict[str, Any] = {
    **_FRAME,
    "status": "insufficient_data",
    "score_id": "e336bde2-6451-40c6-8b82-f681af6830e8",
    "enterprise_id": "91350211MA31009039",
    "newest_message": {"known_at": "2022-12-20T17:00:00Z", "position": 2_180_117},
    "data_depth": {
        "grade": None,
        "held_by": ["days_on_record"],
        "sources": 4,
        "late_streams": [],
        "days_on_record": 30,
        "messages": 5,
        "streams": {"enterprise": 1, "declaration": 1, "document": 1, "title": 2},
        "recent_streams": ["enterprise", "declaration", "document", "title"],
        "features_missing": 11,
    },
    "causes": [
        {
            "code": "short_history",
            "text_en": "The enterprise has been on record for fewer than 90 days.",
            "text_zh": "监管记录不足90天。",
            "cure_en": "Wait until 90 days have been reported, or let its providers hand in "
            "earlier records as a declared backfill.",
            "cure_zh": "待记录满足期限后再评，或由报送方以补录方式提供历史记录。",
        }
    ],
    "missing": [
        {
            "stream": "custody",
            "cure_en": "Store goods in a supervised warehouse that reports receipts, counts and "
            "releases.",
            "cure_zh": "将货物存入监管仓，由仓库报送入库、盘点及出库记录。",
        }
    ],
}

for _answer in (SCORED, INSUFFICIENT):
    fill(_answer, "en")

BATCH: dict[str, Any] = {
    "version": 1,
    "outcomes": [
        {"row": 0, "status": 200, "answer": INSUFFICIENT},
        {
            "row": 1,
            "status": 422,
            "problem": {
                "type": "urn:cargoworthy:problem:malformed-credit-code",
                "title": "Not a unified social credit code",
                "status": 422,
                "detail": "Expected a unified social credit code (GB 32100): 18 digits and capital "
                "letters without I, O, S, V, Z, the last of which fits the others, found '123'; "
                "compare it with the business licence.",
                "instance": "/v1/scores:batch",
                "expected": "a unified social credit code (GB 32100): 18 digits and capital "
                "letters without I, O, S, V, Z, the last of which fits the others",
                "found": "'123'",
                "remedy": "compare it with the business licence",
            },
        },
    ],
}

REPLAY: dict[str, Any] = {
    "score_id": INSUFFICIENT["score_id"],
    "replayed_at": "2023-03-01T02:00:00Z",
    "identical": True,
    "sha256_then": "d9a4" * 16,
    "sha256_now": "d9a4" * 16,
    "differences": [],
    "document": INSUFFICIENT,
}
