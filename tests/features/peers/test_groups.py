import math

import pytest

from features.peers.group import SIZES, Group, group_of
from features.peers.sections import SECTIONS, section_of
from supervision.contract.columns import column


def test_sections_follow_on_one_another_and_cover_every_chapter() -> None:
    assert [section.number for section in SECTIONS] == list(range(1, 22))
    chapters = [c for section in SECTIONS for c in range(section.first, section.last + 1)]
    assert chapters == list(range(1, 98))


@pytest.mark.parametrize(
    ("hs_code", "number"),
    [
        ("0306179000", 1),
        ("1201901900", 2),
        ("1511909000", 3),
        ("2301201000", 4),
        ("2601112000", 5),
        ("4001220000", 7),
        ("7403111900", 15),
        ("9701", 21),
        ("7701", None),
        ("9801", None),
        ("", None),
        ("XX", None),
    ],
)
def test_a_commodity_belongs_to_the_section_of_its_chapter(hs_code: str, number: int) -> None:
    assert section_of(hs_code) == number


def test_size_classes_stand_in_the_order_of_their_codes() -> None:
    assert tuple(SIZES) == column("enterprise", "size_class").choices


def test_a_group_falls_back_to_its_size_class_then_to_all() -> None:
    group = group_of(2.0, 15)
    assert group == Group("small", 15)
    assert group.widening() == (Group("small", 15), Group("small"), Group())
    assert group_of(2.0, None).widening() == (Group("small"), Group())


@pytest.mark.parametrize("size", [None, math.nan])
def test_who_is_not_registered_is_compared_with_all(size: float | None) -> None:
    assert group_of(size, 15).widening() == (Group(),)


def test_every_group_has_words_of_its_own_in_both_languages() -> None:
    groups = [Group(size, section) for size in SIZES for section in (None, *range(1, 22))]
    titles = [group.title for group in [Group(), *groups]]
    assert len({title.en for title in titles}) == len({title.zh for title in titles}) == 89
