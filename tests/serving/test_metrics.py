"""What is counted of answers without a score and of rows that were refused."""

import httpx

from tests.serving.conftest import DORMANT, NAMED_ONLY, STRONG, UNKNOWN

EARLY = "2000-06-01T00:00:00Z"


def counts(client: httpx.Client, name: str) -> dict[str, float]:
    lines = [line for line in client.get("/metrics").text.splitlines() if line.startswith(name)]
    return {line.split('"')[1]: float(line.split()[-1]) for line in lines if '"' in line}


def test_an_answer_without_a_score_is_counted_once_by_its_first_cause(fresh: httpx.Client) -> None:
    rows = [(UNKNOWN, None), (UNKNOWN, None), (NAMED_ONLY, None), (STRONG, EARLY), (DORMANT, None)]
    expected: dict[str, float] = {}
    for who, as_of in rows:
        found = fresh.post("/v1/scores", json={"enterprise_id": who, "as_of": as_of}).json()
        if found["status"] == "insufficient_data":
            cause = found["causes"][0]["code"]
            expected[cause] = expected.get(cause, 0) + 1
    assert expected["unknown_enterprise"] == 2
    assert len(expected) >= 3
    assert counts(fresh, "cargoworthy_insufficient_data_total") == expected


def test_rows_that_were_refused_are_counted_by_their_problem(fresh: httpx.Client) -> None:
    rows = [
        {"enterprise_id": STRONG},
        {"enterprise_id": "x"},
        {"enterprise_id": "y"},
        {"enterprise_id": STRONG, "as_of": "2099-01-01T00:00:00Z"},
        {},
    ]
    headers = {"Idempotency-Key": "k"}
    for _ in range(2):  # given again under its key it is no new refusal
        answer = fresh.post("/v1/scores:batch", json={"requests": rows}, headers=headers)
        assert answer.status_code == 200
    assert counts(fresh, "cargoworthy_row_problems_total") == {
        "malformed-credit-code": 2,
        "as-of-out-of-range": 1,
        "invalid-request": 1,
    }
    assert counts(fresh, "cargoworthy_problems_total") == {}
