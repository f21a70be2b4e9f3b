"""The cargo code: form, parse, check."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_97_10

from supervision.cargo_code import CargoCode, CargoCodeError
from tests.supervision.facts import KEY, credit_code, lot

PARTS = (credit_code(1), "0306170000", "7KQ2M4", "ECGYE", "CNXMN")
CODE = CargoCode.issue(*PARTS, KEY)
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"
CODES = st.builds(lot, st.integers(0, 999_999), st.integers(0, 9_999))


def test_a_code_that_is_issued_reads_back_as_its_parts():
    read = CargoCode.parse(str(CODE))
    assert (read.owner, read.commodity, read.batch, read.origin, read.transit) == PARTS
    assert read == CODE


def test_the_check_digits_are_those_of_mod_97_10_over_two_digits_a_character():
    body, check = str(CODE)[:-3], str(CODE)[-2:]
    digits = "".join(f"{int(c, 36):02d}" for c in body if c != "-")
    assert mod_97_10.calc_check_digits(digits) == check


def test_the_security_segment_proves_who_issued_the_code():
    assert CODE.is_issued_under(KEY)
    assert not CODE.is_issued_under(b"another key")
    assert not CargoCode.issue(*PARTS, b"another key").is_issued_under(KEY)


@given(CODES, st.data())
def test_every_single_wrong_character_is_noticed(text: str, data: st.DataObject):
    place = data.draw(st.integers(0, len(text) - 1))
    for other in set(CHARACTERS) - {text[place]}:
        with pytest.raises(CargoCodeError):
            CargoCode.parse(text[:place] + other + text[place + 1 :])


@given(CODES, st.integers(0, len(str(CODE)) - 2))
def test_two_neighbours_exchanged_are_noticed(text: str, place: int):
    exchanged = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if exchanged == text:
        return
    with pytest.raises(CargoCodeError):
        CargoCode.parse(exchanged)


def test_the_error_tells_what_is_wrong():
    text = str(CODE)
    with pytest.raises(CargoCodeError, match="expected OWNER-COMMODITY") as form:
        CargoCode.parse(text[1:])
    assert form.value.reason == "form"
    wrong = "00" if text[-2:] != "00" else "01"
    with pytest.raises(CargoCodeError, match="check digits") as digits:
        CargoCode.parse(text[:-2] + wrong)
    assert digits.value.reason == "check_digits"


def test_a_code_of_an_owner_who_does_not_exist_cannot_be_issued():
    nobody = credit_code(1)[:-1] + ("0" if credit_code(1)[-1] != "0" else "1")
    with pytest.raises(CargoCodeError, match="no unified social credit code"):
        CargoCode.issue(nobody, *PARTS[1:], KEY)
