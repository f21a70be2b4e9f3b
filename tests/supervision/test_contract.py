"""The contract's models, and the columns derived from them."""

import pytest
from pydantic import TypeAdapter, ValidationError

from supervision.contract.columns import Column, column, columns, required
from supervision.contract.messages import ENVELOPE, STREAMS, Fact, Message, body_fields
from tests.supervision.facts import fact, reversal


@pytest.mark.parametrize("stream", STREAMS)
def test_a_fact_of_each_stream_is_accepted(stream: str):
    message = STREAMS[stream].model_validate(fact(stream, 1))
    assert message.stream == stream


@pytest.mark.parametrize("stream", STREAMS)
def test_a_message_is_told_by_its_stream(stream: str):
    read: Message = TypeAdapter(Fact).validate_python({**fact(stream, 1), "stream": stream})
    assert type(read) is STREAMS[stream]


@pytest.mark.parametrize("stream", STREAMS)
def test_a_reversal_states_no_facts(stream: str):
    model = STREAMS[stream]
    assert model.model_validate(reversal(2, "m-1")).reverses == "m-1"
    with pytest.raises(ValidationError, match="states no facts"):
        model.model_validate({**fact(stream, 2), "reverses": "m-1"})


@pytest.mark.parametrize("stream", STREAMS)
def test_a_fact_without_a_kind_is_refused(stream: str):
    with pytest.raises(ValidationError, match="states its kind"):
        STREAMS[stream].model_validate(fact(stream, 1, kind=None))


@pytest.mark.parametrize("stream", STREAMS)
def test_every_field_that_a_kind_requires_is_missed(stream: str):
    kind = fact(stream, 1)["kind"]
    assert required(stream, kind)
    for field in required(stream, kind):
        with pytest.raises(ValidationError, match=field):
            STREAMS[stream].model_validate(fact(stream, 1, **{field: None}))


@pytest.mark.parametrize("stream", STREAMS)
def test_every_required_field_is_a_field(stream: str):
    names = set(STREAMS[stream].model_fields)
    kinds = column(stream, "kind").choices
    assert set(STREAMS[stream].requires) <= {"*", *kinds}
    assert all(required(stream, kind) <= names for kind in kinds)


@pytest.mark.parametrize("stream", STREAMS)
def test_columns_are_the_fields_but_the_stream(stream: str):
    names = [c.name for c in columns(stream)]
    assert names == [name for name in STREAMS[stream].model_fields if name != "stream"]
    assert set(body_fields(STREAMS[stream])) == set(names) - set(ENVELOPE)


@pytest.mark.parametrize("stream", STREAMS)
def test_every_column_says_how_it_is_stored_and_what_it_allows(stream: str):
    for one in columns(stream):
        if one.kind == "enumerated":
            assert len(one.choices) == len(set(one.choices)) >= 1
        elif one.kind == "integer":
            assert one.low is not None
            assert one.high is not None
            assert one.low < one.high
        else:
            assert one.pattern is not None
            assert one.pattern.startswith("^")
            assert one.pattern.endswith("$")


def test_a_column_gives_the_place_of_a_choice():
    kind = column("custody", "kind")
    assert kind.code(kind.choices[3]) == 3
    with pytest.raises(ValueError, match="expected one of"):
        kind.code("eaten")


def test_a_column_that_is_not_there_is_a_clear_error():
    with pytest.raises(KeyError, match="custody"):
        column("custody", "colour")


def test_columns_carry_their_checks():
    assert column("custody", "cargo_code").check == "cargo_code"
    assert column("custody", "enterprise_id").check == "credit_code"
    assert column("custody", "warehouse") == Column(
        "warehouse", "name", pattern="^[A-Z0-9][A-Z0-9-]{1,39}$"
    )
