"""Who ever held a lot: the other side of a sale, and who is concerned by a lot's valuation."""

import numpy as np
import numpy.typing as npt

from supervision.arrays import Columns, Integers
from supervision.contract.columns import column


def take(rows: Columns, chosen: Integers | npt.NDArray[np.bool_]) -> Columns:
    """Rows by their places, or those for which a flag is set."""
    return {name: values[chosen] for name, values in rows.items()}


def purchases(title: Columns) -> Columns:
    """Title messages as their buyers see them: ``enterprise_id`` is the buyer."""
    return {**title, "enterprise_id": title["buyer"]}


def holders(custody: Columns, bought: Columns) -> Integers:
    """Pairs (lot, enterprise) of everyone who ever held a lot.

    Parameters
    ----------
    custody : Columns
        Custody messages: a lot is held by the enterprise for whom it is kept.
    bought : Columns
        Title messages under their buyers; those in storage make a holder.

    Returns
    -------
    Integers
        Shape (2, n), sorted by lot, then enterprise.
    """
    in_storage = bought["in_storage"] == column("title", "in_storage").code("yes")
    lots = np.concatenate([custody["cargo_code"], bought["cargo_code"][in_storage]])
    parties = np.concatenate([custody["enterprise_id"], bought["enterprise_id"][in_storage]])
    return np.unique(np.stack([lots, parties]), axis=1)


def under_holders(valuations: Columns, pairs: Integers) -> Columns:
    """Each valuation of a lot once under every holder of the lot."""
    lots = valuations["cargo_code"]
    first = np.searchsorted(pairs[0], lots, side="left")
    count = np.searchsorted(pairs[0], lots, side="right") - first
    row = np.repeat(np.arange(len(first)), count)
    within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return {**take(valuations, row), "enterprise_id": pairs[1][first[row] + within]}
