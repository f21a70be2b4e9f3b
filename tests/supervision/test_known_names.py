import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision import known_names
from supervision.known_names import KnownNames

NUMBERS = {f"name {number}": number for number in range(30)}


@given(st.lists(st.lists(st.integers(0, 40), max_size=12), max_size=12))
def test_it_says_what_the_record_says_and_asks_once_for_each(asked: list[list[int]]) -> None:
    questions: list[str] = []

    def ask(texts: list[str]) -> dict[str, int]:
        questions.extend(texts)
        return {text: NUMBERS[text] for text in texts if text in NUMBERS}

    known = KnownNames(ask)
    for wanted in asked:
        texts = list(dict.fromkeys(f"name {number}" for number in wanted))
        assert known.of(texts) == {text: NUMBERS[text] for text in texts if text in NUMBERS}
    met = [text for text in questions if text in NUMBERS]
    assert len(met) == len(set(met))


def test_a_name_that_the_record_learns_later_is_found_then() -> None:
    record: dict[str, int] = {}
    known = KnownNames(lambda texts: {text: record[text] for text in texts if text in record})
    assert known.of(["a"]) == {}
    record["a"] = 7
    assert known.of(["a"]) == {"a": 7}


def test_it_holds_no_more_than_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_names, "MOST", 3)
    asked: list[int] = []

    def ask(numbers: list[int]) -> dict[int, str]:
        asked.extend(numbers)
        return {number: str(number) for number in numbers}

    known = KnownNames(ask)
    for number in (1, 2, 3, 4, 4, 1):
        assert known.of([number]) == {number: str(number)}
    assert asked == [1, 2, 3, 4, 1]
