"""The unified social credit code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from supervision.credit_code import ALPHABET, is_credit_code, with_check_character

CODE = "91110000600037341L"


def test_a_published_code_is_a_credit_code():
    # The example in python-stdnum's documentation of GB 32100.
    assert is_credit_code(CODE)


def test_the_check_character_of_a_published_code_is_found():
    assert with_check_character(CODE[:17]) == CODE


@pytest.mark.parametrize("text", ["", CODE[:17], f" {CODE}", f"{CODE}\n", CODE.lower(), "91-1"])
def test_only_the_compact_form_is_a_credit_code(text: str):
    assert not is_credit_code(text)


@given(st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(place: int, other: str):
    mistyped = CODE[:place] + other + CODE[place + 1 :]
    assert is_credit_code(mistyped) == (mistyped == CODE)


@pytest.mark.parametrize("text", ["9111", CODE, "9111000060003734I"])
def test_anything_but_seventeen_characters_of_the_alphabet_has_no_check_character(text: str):
    with pytest.raises(ValueError, match="expected 17 characters"):
        with_check_character(text)


near = st.text(st.sampled_from(f"{ALPHABET}0000OIz٣8- "), min_size=17, max_size=19)


@given(st.one_of(near, st.from_regex(r"[0-9]{8}[0-9A-Z]{9}", fullmatch=True), st.text(max_size=20)))
def test_it_is_what_the_library_of_national_numbers_says(text: str):
    texts = [text]
    if len(text) == 17 and set(text) <= set(ALPHABET):
        texts += [text + last for last in ALPHABET]
    for one in texts:
        assert is_credit_code(one) == (uscc.is_valid(one) and uscc.compact(one) == one)
