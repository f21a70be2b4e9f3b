import numpy as np
import pytest

from benchmarks.selection.refused import credit_features, doubled
from features.catalogue import CATALOGUE
from training.sample import Sample
from training.selection.financed import Financed, evidence

NAMES = ("size", "days_past_due_now", "utilisation_now")
CREDIT = NAMES[1:]


def rows() -> tuple[Sample, Financed]:
    chance = np.random.default_rng(8)
    was = np.arange(60) % 3 == 0
    month = np.repeat([1, 2], 30)
    values = chance.normal(size=(60, 3))
    # What an unfinanced row says of credit tells who and when it is.
    values[~was, 1] = 1000.0 * month[~was] + np.flatnonzero(~was)
    values[~was, 2] = values[~was, 1] + 0.5
    firm = np.array([f"firm-{number}" for number in range(60)])
    sample = Sample(NAMES, firm, month, values, np.zeros(60, np.int8))
    return sample, Financed(chance.uniform(0.1, 0.9, 60), was, NAMES[:1])


def test_each_borrower_stands_as_it_is_and_as_if_refused() -> None:
    sample, financed = rows()
    found = doubled(sample, NAMES, financed, financed.was, CREDIT, truncate_at=1.0)
    place = np.flatnonzero(financed.was)
    assert found.place.tolist() == [*place, *place]
    assert np.array_equal(found.values[:20], sample.values[place])
    copies = found.values[20:]
    assert np.array_equal(copies[:, 0], sample.values[place, 0])
    # One giver of the same month lends both columns.
    assert np.array_equal(copies[:, 2], copies[:, 1] + 0.5)
    assert np.array_equal(copies[:, 1] // 1000, sample.as_of[place])


def test_the_two_weights_add_up_to_the_inverse_of_the_chance() -> None:
    sample, financed = rows()
    found = doubled(sample, NAMES, financed, financed.was, CREDIT, truncate_at=1.0)
    both = found.weight[:20] + found.weight[20:]
    scale = found.weight[0]
    assert both / scale == pytest.approx(1.0 / financed.chance[financed.was])
    assert found.weight.mean() == pytest.approx(1.0)


def test_a_month_without_refusals_has_no_copies() -> None:
    sample, financed = rows()
    was = financed.was | (sample.as_of == 2)
    found = doubled(
        sample, NAMES, Financed(financed.chance, was, NAMES), was, CREDIT, truncate_at=0.9
    )
    count = int(was.sum())
    copied = found.weight[count:] > 0
    assert np.array_equal(copied, sample.as_of[found.place[count:]] == 1)


def test_features_of_credit_and_evidence_are_all_of_the_champion() -> None:
    credit, rest = credit_features(CATALOGUE), evidence(CATALOGUE)
    assert set(credit) | set(rest) == {feature.name for feature in CATALOGUE.champion}
    assert not set(credit) & set(rest)
    assert {"utilisation_now", "pledge_lenders_now"} <= set(credit)
