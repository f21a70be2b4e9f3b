"""Examples of objections, as the interface's description shows them."""

from typing import Any

LODGED: dict[str, Any] = {
    "objection_id": "2c1f6f52-54a5-4b8b-8f35-7f0c5d1e9a10",
    "enterprise_id": "91350211MA31009013",
    "message_id": "WH-2022-118734",
    "stream": "custody",
    "state": "open",
    "overdue": False,
    "lodged_at": "2023-01-03T01:15:07.482113Z",
    "due_at": "2023-01-23T16:00:00Z",
    "reversed": False,
    "ground": "wrong_quantity",
    "text": "The count left out the eight pallets that stand in chamber 3.",
    "settlement": None,
    "effect": {
        "as_of": "2023-01-03T01:15:07.482113Z",
        "record_position": 2_183_402,
        "model_hash": "5f0c1d6f1b7a3c1e0c7c9a4f2f6d8e8b3a1f5d4c7b6a59788796a5b4c3d2e1f0",
        "policy_hash": "1e38190e50cd9e34b578837992006f231cae61c1f8e0dcf13e33eaf135044549",
        "with_fact": {
            "status": "scored",
            "score": 577,
            "grade": "B",
            "limit_fen": 80_000_000,
        },
        "without_fact": {
            "status": "scored",
            "score": 589,
            "grade": "BB",
            "limit_fen": 95_000_000,
        },
        "points": -12,
    },
    "next_en": "The fact is marked as disputed; it counts until its provider reverses it.",
    "next_zh": "该信息已标注异议，核查期间仍计入评分。",
}
SETTLED: dict[str, Any] = {
    **LODGED,
    "state": "upheld",
    "settlement": {
        "outcome": "upheld",
        "text": "Recounted on 12 January: 48 pallets. We shall reverse the count.",
        "at": "2023-01-12T02:40:00Z",
    },
    "effect": None,
    "next_en": "The provider must reverse the message; until then it is marked and counts.",
    "next_zh": "异议成立，报送方须更正该信息；更正前保留异议标注并计入评分。",
}
LISTED: dict[str, Any] = {"objections": [SETTLED]}
