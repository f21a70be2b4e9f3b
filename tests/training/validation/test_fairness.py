import numpy as np
import pytest
from scipy import stats

from training.validation.errors import EvidenceError
from training.validation.fairness import adverse_impact


def applicants(**groups: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Group and decision of each applicant, from approved and all of each group."""
    group = np.repeat(list(groups), [n for _, n in groups.values()])
    approved = np.concatenate([np.arange(n) < a for a, n in groups.values()])
    order = np.random.default_rng(0).permutation(len(group))
    return group[order], approved[order]


def test_the_example_of_the_guidelines() -> None:
    """Questions and Answers on the Uniform Guidelines, 44 FR 11998 (1979), question 12."""
    group, approved = applicants(black=(12, 40), white=(48, 80))
    (found,) = adverse_impact(group, approved)
    assert (found.group, found.reference) == ("black", "white")
    assert found.ratio == pytest.approx(0.5)
    assert found.p == pytest.approx(stats.fisher_exact([[12, 28], [48, 32]]).pvalue)


def test_each_group_is_set_against_the_one_with_the_highest_rate() -> None:
    group, approved = applicants(north=(30, 100), south=(45, 90), west=(2, 2), east=(0, 20))
    found = {impact.group: impact for impact in adverse_impact(group, approved)}
    assert set(found) == {"north", "west", "east"}  # two applicants are no measure
    assert {impact.reference for impact in found.values()} == {"south"}
    assert found["north"].ratio == pytest.approx(0.6)
    assert found["west"].ratio == pytest.approx(2.0)
    assert found["east"].ratio == 0
    assert found["west"].p > 0.05 > found["east"].p


def test_a_reference_may_be_named() -> None:
    group, approved = applicants(north=(30, 100), south=(45, 90))
    (found,) = adverse_impact(group, approved, reference="north")
    assert (found.group, found.approved, found.applicants) == ("south", 45, 90)
    assert found.ratio == pytest.approx(1 / 0.6)
    with pytest.raises(EvidenceError, match="'centre'"):
        adverse_impact(group, approved, reference="centre")


def test_where_nobody_is_approved_there_is_no_ratio() -> None:
    group, approved = applicants(north=(0, 10), south=(0, 20))
    (found,) = adverse_impact(group, approved)
    assert np.isnan(found.ratio)
    assert found.p == 1
    with pytest.raises(EvidenceError, match="at least two groups"):
        adverse_impact(group[group == "north"], approved[group == "north"])
