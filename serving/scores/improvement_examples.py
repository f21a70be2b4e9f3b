"""An example of what would raise a grade, as the interface's description shows it."""

from typing import Any

from serving.scores.examples import SCORED

IMPROVEMENTS: dict[str, Any] = {
    "version": 1,
    "score_id": SCORED["score_id"],
    "enterprise_id": SCORED["enterprise_id"],
    "as_of": SCORED["as_of"],
    "language": "en",
    "score": 577,
    "grade": "B",
    "next_grade": "BB",
    "usual_from": "peers",
    "improvements": [
        {
            "action": "insure_stock",
            "title": "Insure the stock",
            "text": "Insure all goods in custody for what they are worth. This gains 24 points, "
            "to 601 (grade BB).",
            "points": 24,
            "score": 601,
            "grade": "BB",
            "within_days": 0,
            "changes": [
                {
                    "feature": "insured_stock_share_now",
                    "title": "Insured share of stock",
                    "value": 0.34,
                    "target": 1.0,
                    "unit": "share",
                    "text": "Insured share of stock: from 34 % to 100 %",
                }
            ],
        }
    ],
    "step": {
        "actions": ["insure_stock"],
        "points": 24,
        "score": 601,
        "grade": "BB",
        "text": "Insure the stock: +24 points together, to 601 (grade BB).",
    },
    "most": {
        "actions": ["insure_stock"],
        "points": 24,
        "score": 601,
        "grade": "BB",
        "text": "Insure the stock: +24 points together, to 601 (grade BB).",
    },
    "text": "Insure the stock: this would raise the score by 24 points to 601 and the grade from "
    "B to BB.",
}
