import re
from typing import Any

import httpx
import pytest

from serving.profiles.document import Profile
from serving.profiles.examples import PROFILE
from serving.scores.document import InsufficientAnswer, ScoredAnswer
from serving.scores.examples import INSUFFICIENT, SCORED

OPERATIONS = {
    ("post", "/v1/scores"),
    ("post", "/v1/scores:batch"),
    ("get", "/v1/scores/{score_id}"),
    ("post", "/v1/jobs"),
    ("get", "/v1/jobs/{job_id}"),
    ("get", "/v1/jobs/{job_id}/result"),
    ("delete", "/v1/jobs/{job_id}"),
    ("post", "/v1/webhooks"),
    ("get", "/v1/webhooks"),
    ("delete", "/v1/webhooks/{webhook_id}"),
    ("post", "/v1/webhooks/{webhook_id}/test"),
    ("get", "/v1/webhooks/{webhook_id}/deliveries"),
    ("post", "/v1/deliveries/{delivery_id}:replay"),
    ("get", "/v1/scores/{score_id}/improvements"),
    ("post", "/v1/replays/{score_id}"),
    ("get", "/v1/models/champion"),
    ("get", "/v1/enterprises/{enterprise_id}/profile"),
    ("post", "/v1/messages"),
    ("post", "/v1/objections"),
    ("get", "/v1/objections"),
    ("get", "/v1/objections/{objection_id}"),
    ("post", "/v1/objections/{objection_id}/resolve"),
    ("post", "/v1/consents"),
    ("get", "/v1/consents"),
    ("post", "/v1/consents/{consent_id}/revoke"),
    ("post", "/oauth/token"),
    ("get", "/.well-known/jwks.json"),
    ("get", "/.well-known/oauth-authorization-server"),
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/metrics"),
}


@pytest.fixture(scope="module")
def description(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def test_every_operation_is_described_with_a_summary(description: dict[str, Any]) -> None:
    found = {
        (method, path)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
        if operation["summary"] and operation["description"]
    }
    assert found == OPERATIONS


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    def references(node: object) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
            return own.union(*(references(value) for value in node.values()))
        if isinstance(node, list):
            return set().union(*(references(value) for value in node))
        return set()

    names = {reference.rpartition("/")[2] for reference in references(description)}
    assert names <= set(description["components"]["schemas"])
    assert {"ScoredAnswer", "InsufficientAnswer", "Profile", "Problem", "ScoreRequest"} <= names


def test_every_error_is_described_as_a_problem_document(description: dict[str, Any]) -> None:
    errors = [
        list(answer["content"])
        for methods in description["paths"].values()
        for operation in methods.values()
        for status, answer in operation["responses"].items()
        if not status.startswith("2")
    ]
    assert errors
    assert all(media == ["application/problem+json"] for media in errors)


def test_the_examples_are_answers_that_could_be_given() -> None:
    scored = ScoredAnswer.model_validate(SCORED)
    assert scored.base_points + sum(p.points for p in scored.points) == scored.score
    micro = scored.base_micro_points + sum(p.micro_points for p in scored.points)
    assert micro == scored.score_micro_points
    InsufficientAnswer.model_validate(INSUFFICIENT)
    Profile.model_validate(PROFILE)


def test_real_answers_are_of_the_described_form(client: httpx.Client) -> None:
    from tests.serving.conftest import UNKNOWN, WEAK

    asked = {"as_of": "2023-01-01T00:00:00+08:00"}
    weak = client.post("/v1/scores", json={"enterprise_id": WEAK, **asked}).content
    ScoredAnswer.model_validate_json(weak)
    unknown = client.post("/v1/scores", json={"enterprise_id": UNKNOWN, **asked}).content
    InsufficientAnswer.model_validate_json(unknown)
    Profile.model_validate_json(client.get(f"/v1/enterprises/{WEAK}/profile", params=asked).content)


def test_the_page_needs_no_network_and_runs_no_script(client: httpx.Client) -> None:
    answer = client.get("/docs")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert not re.findall(r"(?:src|href)=\"(?![#/])", answer.text)
    assert "://" not in answer.text.replace("https://bank.example", "an example's")


def test_the_page_shows_every_operation_and_where_its_links_lead(client: httpx.Client) -> None:
    text = client.get("/docs").text
    for method, path in OPERATIONS:
        assert f"{method.upper()} {path}" in text
    anchors = set(re.findall(r'id="([^"]+)"', text))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= anchors


def test_the_metrics_tell_latency_by_stage_scores_by_grade_and_the_champion(
    fresh: httpx.Client,
) -> None:
    from tests.serving.conftest import UNKNOWN, WEAK

    asked = {"as_of": "2023-01-01T00:00:00+08:00"}
    found = fresh.post("/v1/scores", json={"enterprise_id": WEAK, **asked}).json()
    fresh.post("/v1/scores", json={"enterprise_id": UNKNOWN, **asked})
    lines = fresh.get("/metrics").text.splitlines()
    assert f'cargoworthy_scores_total{{grade="{found["grade"]}"}} 1.0' in lines
    assert 'cargoworthy_insufficient_data_total{cause="unknown_enterprise"} 1.0' in lines
    assert any(
        line.startswith("cargoworthy_champion_info") and found["model"]["hash"] in line
        for line in lines
    )
    for stage in ("read", "features", "model", "reasons", "limit", "document", "commit"):
        count = next(line for line in lines if f'seconds_count{{stage="{stage}"}}' in line)
        assert float(count.split()[1]) >= 1
    assert any('route="/v1/scores",status="200"' in line for line in lines)
