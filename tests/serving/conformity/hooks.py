"""What schemathesis cannot know of the service; loaded by schemathesis itself."""

import json
import os

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, CheckContext, Response, SerializationContext

from supervision.credit_code import ALPHABET, with_check_character

KNOWN = os.environ["CARGOWORTHY_KNOWN_CODES"].split()
MALFORMED = ("invalid-request", "unreadable-request", "malformed-")
"""Problems of requests that are not as the interface describes them."""
BEYOND_FORM = ("malformed-file", "malformed-endpoint")
"""What a file must hold, and where an endpoint must lie, no schema says."""

# Mostly enterprises of the record, so that calls get through to what is behind the form.
schemathesis.openapi.format(
    "unified-social-credit-code",
    st.one_of(
        st.sampled_from(KNOWN),
        st.sampled_from(KNOWN),
        st.builds(
            lambda region, organisation: with_check_character(region + organisation),
            st.text("0123456789", min_size=8, max_size=8),
            st.text(ALPHABET, min_size=9, max_size=9),
        ),
    ),
)
schemathesis.openapi.format(
    "uri",
    st.builds("https://{}.example/{}".format, *[st.text("abc", min_size=1, max_size=9)] * 2),
)


@schemathesis.serializer("application/x-ndjson")
def ndjson(_: SerializationContext, row: object) -> bytes:
    """Write one row; the description is that of a row."""
    return json.dumps(row).encode() + b"\n"


@schemathesis.check
def expected_data_is_understood(_: CheckContext, response: Response, case: Case) -> None:
    """Fail where a request as it is described is refused as if it were not."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    for problem in _problems(response):
        code = problem["type"].removeprefix("urn:cargoworthy:problem:")
        told = f"{code}: {problem['detail']}"
        assert code in BEYOND_FORM or not code.startswith(MALFORMED), told


@schemathesis.check
def a_batch_refuses_what_it_should(_: CheckContext, response: Response, case: Case) -> None:
    """Fail where a batch that is not as it is described is answered without any refusal."""
    if case.path != "/v1/scores:batch" or response.status_code != 200 or case.meta is None:
        return
    body = case.meta.components.get("body")
    if body is not None and body.mode.is_negative:
        assert any("problem" in outcome for outcome in response.json()["outcomes"])


def _problems(response: Response) -> list[dict[str, str]]:
    if response.status_code == 422:
        return [response.json()]
    if response.status_code == 200 and isinstance(found := _json(response), dict):
        return [row["problem"] for row in found.get("outcomes", ()) if "problem" in row]
    return []


def _json(response: Response) -> object:
    is_json = "json" in response.headers.get("content-type", [""])[0]
    return response.json() if is_json else None
