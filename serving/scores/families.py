"""Families of features: how an answer calls them, and which the training found to be stable."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from features.feature import Feature, Phrase
from supervision.arrays import Integers

TITLES = {
    "standing": Phrase("Standing", "主体资质"),
    "cargo value": Phrase("Cargo value", "货值"),
    "turnover": Phrase("Turnover", "周转"),
    "concentration": Phrase("Concentration", "集中度"),
    "customs conduct": Phrase("Customs conduct", "通关守法"),
    "documents": Phrase("Documents", "单证"),
    "custody": Phrase("Custody", "仓储监管"),
    "title and receivables": Phrase("Title and receivables", "货权与应收"),
    "pledge": Phrase("Pledges", "质押"),
    "financing conduct": Phrase("Financing conduct", "融资履约"),
    "connected parties": Phrase("Connected parties", "关联方"),
    "network": Phrase("Trading network", "交易网络"),
    "market": Phrase("Market", "市场行情"),
}


def numbers_of(features: Sequence[Feature]) -> Integers:
    """Number of each feature's family, int64 [f]; families in the order of their titles."""
    order = {name: number for number, name in enumerate(TITLES)}
    return np.array([order[feature.family] for feature in features], np.int64)


def places_of(features: Sequence[Feature]) -> Mapping[str, tuple[int, ...]]:
    """Places of the features of each family that has any; families in the order of their titles."""
    found: dict[str, list[int]] = {family: [] for family in TITLES}
    for place, feature in enumerate(features):
        found[feature.family].append(place)
    return {family: tuple(places) for family, places in found.items() if places}


def stability_of(facts: Mapping[str, Any]) -> Mapping[str, bool]:
    """Of each family whether refits repeat it as a reason; empty where none were made.

    A family that was never among the reasons in the training's test counts as unstable.

    Parameters
    ----------
    facts : mapping
        Of a model; see ``training/reason_stability.py``.
    """
    found = facts.get("reasons")
    if not found:
        return {}
    return {
        family: share is not None and share >= found["stable_from"]
        for family, share in found["agreement"].items()
    }
