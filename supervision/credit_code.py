"""The unified social credit code (GB 32100-2015), by which every enterprise is named."""

from functools import lru_cache
from operator import mul

from stdnum.cn import uscc

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The characters of a code: no I, O, S, V, Z."""
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = (*(3**place % 31 for place in range(17)), 1)
"""The sum of a code's values by these is a multiple of 31."""


@lru_cache(maxsize=65_536)
def is_credit_code(text: str) -> bool:
    """Whether the text is a credit code in its compact form whose check character fits."""
    return is_credit_code_unseen(text)


def is_credit_code_unseen(text: str) -> bool:
    """The same, reckoned each time: how long it takes tells nobody whether it was asked before."""
    if len(text) != 18 or not _VALUE.keys() >= set(text) or not text[:8].isdigit():
        return False
    total: int = sum(map(mul, map(_VALUE.__getitem__, text), _WEIGHTS))
    return total % 31 == 0


def with_check_character(first_seventeen: str) -> str:
    """Complete the first 17 characters of a code with their check character.

    Raises
    ------
    ValueError
        If there are not 17 characters of the code's alphabet.
    """
    if len(first_seventeen) != 17 or not set(first_seventeen) <= set(ALPHABET):
        raise ValueError(
            f"expected 17 characters of {ALPHABET}, found {first_seventeen!r:.40}; "
            "a credit code is department, category, region, organisation"
        )
    return first_seventeen + uscc.calc_check_digit(first_seventeen + "0")
