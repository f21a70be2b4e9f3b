from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from serving.app import create_app
from serving.problems import URN, Problem
from serving.settings import Settings
from tests.serving.conftest import NOW, STRONG, UNKNOWN, served


def problem(answer: httpx.Response, status: int, code: str) -> Problem:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found = Problem.model_validate(answer.json())
    assert found.status == status
    assert found.type == URN + code
    assert found.instance == answer.request.url.path
    assert found.expected
    assert found.found
    assert found.remedy
    return found


@pytest.mark.parametrize(
    "code",
    [
        STRONG[:-1] + "1",
        STRONG.lower(),
        f" {STRONG}",
        "",
        "x" * 5_000,
        "９" * 18,
        "91350211MA31\u0000",
    ],
)
def test_a_malformed_credit_code_is_a_problem(client: httpx.Client, code: str) -> None:
    found = problem(
        client.post("/v1/scores", json={"enterprise_id": code}), 422, "malformed-credit-code"
    )
    assert "GB 32100" in found.expected
    assert len(found.found) < 100


@pytest.mark.parametrize("as_of", ["2022-12-31", "2022-12-31T00:00:00", "yesterday", "", "0"])
def test_an_as_of_without_a_zone_is_a_problem(client: httpx.Client, as_of: str) -> None:
    body = {"enterprise_id": STRONG, "as_of": as_of}
    found = problem(client.post("/v1/scores", json=body), 422, "malformed-as-of")
    assert repr(as_of) in found.found


@pytest.mark.parametrize("as_of", ["2023-01-01T16:02:00Z", "2099-01-01T00:00:00Z"])
def test_an_as_of_in_the_future_is_a_problem(client: httpx.Client, as_of: str) -> None:
    body = {"enterprise_id": STRONG, "as_of": as_of}
    found = problem(client.post("/v1/scores", json=body), 422, "as-of-out-of-range")
    assert as_of in found.found


def test_an_as_of_within_a_minute_of_the_clock_is_none(client: httpx.Client) -> None:
    body = {"enterprise_id": STRONG, "as_of": "2023-01-01T16:01:00Z"}
    assert client.post("/v1/scores", json=body).status_code == 200


def test_an_as_of_before_2000_is_a_problem(client: httpx.Client) -> None:
    body = {"enterprise_id": STRONG, "as_of": "1999-12-31T23:59:59Z"}
    problem(client.post("/v1/scores", json=body), 422, "as-of-out-of-range")


@pytest.mark.parametrize(
    "as_of",
    [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-08:00",
    ],
)
def test_an_as_of_at_the_ends_of_the_calendar_is_a_problem(
    client: httpx.Client, as_of: str
) -> None:
    body = {"enterprise_id": STRONG, "as_of": as_of}
    problem(client.post("/v1/scores", json=body), 422, "as-of-out-of-range")
    profile = client.get(f"/v1/enterprises/{STRONG}/profile", params={"as_of": as_of})
    problem(profile, 422, "as-of-out-of-range")


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({}, "body/enterprise_id"),
        ({"enterprise_id": 5}, "body/enterprise_id"),
        ({"enterprise_id": STRONG, "as_of": 1_672_502_400}, "body/as_of"),
        ({"enterprise_id": STRONG, "asof": "2022-12-31T00:00:00Z"}, "body/asof"),
        ({"enterprise_id": STRONG, "client_reference": "a b"}, "body/client_reference"),
        ({"enterprise_id": STRONG, "client_reference": ""}, "body/client_reference"),
        ([], "body"),
    ],
)
def test_every_fault_of_a_body_is_told_where_it_stands(
    client: httpx.Client, body: Any, at: str
) -> None:
    found = problem(client.post("/v1/scores", json=body), 422, "invalid-request")
    assert at in {fault.at for fault in found.faults}
    assert all(fault.message and fault.found for fault in found.faults)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "invalid-request"),
        (b"null", "invalid-request"),
        (b"{", "unreadable-request"),
        (b'{"enterprise_id": }', "unreadable-request"),
    ],
)
def test_a_body_that_is_no_json_object_is_a_problem(
    client: httpx.Client, content: bytes, code: str
) -> None:
    headers = {"content-type": "application/json"}
    problem(client.post("/v1/scores", content=content, headers=headers), 422, code)


@pytest.mark.parametrize(
    "content",
    [b'{"enterprise_id": "\xff"}', b"[" * 200_000, b'{"as_of": ' + b"9" * 5_000 + b"}"],
    ids=["not UTF-8", "too deep", "too long a number"],
)
def test_a_body_that_cannot_be_read_is_a_problem_of_status_400(
    client: httpx.Client, content: bytes
) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post("/v1/scores", content=content, headers=headers)
    problem(answer, 400, "unreadable-request")
    described = client.get("/openapi.json").json()["paths"]["/v1/scores"]["post"]["responses"]
    assert "400" in described


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00" * 9, b'{"enterprise_id": NaN}'])
def test_bytes_that_are_no_text_are_a_problem(client: httpx.Client, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post("/v1/scores", content=content, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_that_does_not_say_that_it_is_json_is_told_so(client: httpx.Client) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = client.post("/v1/scores", content=b"enterprise_id=X", headers=headers)
    found = problem(answer, 422, "invalid-request")
    assert "Content-Type: application/json" in found.remedy
    assert "enterprise_id=X" in found.found


def test_a_path_of_any_length_is_told_shortly(client: httpx.Client) -> None:
    answer = client.get("/v1/scores/" + "x" * 5_000)
    assert answer.status_code == 404
    assert len(answer.content) < 1_500


def test_a_path_that_does_not_exist_is_a_problem(client: httpx.Client) -> None:
    problem(client.get("/v2/scores"), 404, "no-such-path")


def test_a_method_that_a_path_does_not_have_is_a_problem(client: httpx.Client) -> None:
    answer = client.delete("/v1/scores")
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "POST"


def test_all_methods_of_a_path_are_named_though_each_is_a_route_of_its_own(
    client: httpx.Client,
) -> None:
    answer = client.options("/v1/consents")
    assert problem(answer, 405, "method-not-allowed").expected == "GET, POST at this path"
    assert answer.headers["allow"] == "GET, POST"


def test_a_score_that_was_never_given_is_a_problem(client: httpx.Client) -> None:
    problem(client.get("/v1/scores/nothing"), 404, "no-such-score")


def test_the_profile_of_nobody_is_a_problem(client: httpx.Client) -> None:
    problem(client.get(f"/v1/enterprises/{UNKNOWN}/profile"), 404, "no-such-enterprise")
    problem(client.get("/v1/enterprises/X/profile"), 422, "malformed-credit-code")
    past = client.get(f"/v1/enterprises/{STRONG}/profile", params={"as_of": "2010-01-01T00:00:00Z"})
    problem(past, 404, "no-such-enterprise")
    naive = client.get(f"/v1/enterprises/{STRONG}/profile", params={"as_of": "2022-01-01T00:00:00"})
    problem(naive, 422, "malformed-as-of")


def test_a_fault_of_the_services_own_tells_a_number_and_nothing_else(settings: Settings) -> None:
    app: FastAPI = create_app(settings, clock=lambda: NOW)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("the secret of the house")

    with served(app) as client:
        answer = client.get("/broken")
        found = problem(answer, 500, "internal-error")
        assert found.incident
        assert found.incident in found.remedy
        assert "secret" not in answer.text


def test_a_fault_leaves_the_connection_to_the_next_request(settings: Settings) -> None:
    app: FastAPI = create_app(settings, clock=lambda: NOW)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError

    with served(app) as client:
        for _ in range(100):
            assert client.get("/broken").status_code == 500
            assert client.get("/healthz").status_code == 200


def test_a_fault_in_the_midst_of_an_answer_cuts_the_connection(settings: Settings) -> None:
    app: FastAPI = create_app(settings, clock=lambda: NOW)

    @app.get("/broken")
    def broken() -> StreamingResponse:
        def body() -> Iterator[bytes]:
            yield b"a beginning"
            raise RuntimeError

        return StreamingResponse(body())

    with served(app) as client, pytest.raises(httpx.RemoteProtocolError):
        client.get("/broken")


def test_problems_are_counted_by_their_code(fresh: httpx.Client) -> None:
    fresh.get("/v1/scores/nothing")
    fresh.post("/v1/scores", json={"enterprise_id": "x"})
    metrics = fresh.get("/metrics").text
    assert 'cargoworthy_problems_total{code="no-such-score"} 1.0' in metrics
    assert 'cargoworthy_problems_total{code="malformed-credit-code"} 1.0' in metrics
