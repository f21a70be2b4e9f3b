"""Who ever held a lot: the other side of a sale, and who is concerned by a lot's valuation."""

import numpy as np
import numpy.typing as npt

from supervision.arrays import Columns, Integers
from supervision.contract.columns import column


def take(rows: Columns, chosen: Integers | npt.NDArray[np.bool_]) -> Columns:
    """Rows by their places, or those for which a flag is set."""
    return {name: values[chosen] for name, values in rows.items()}


def distinct(one: Integers, other: Integers) -> Integers:
    """Each pair of values once, shape (2, n), sorted by the one, then the other."""
    pairs = np.stack([one, other])[:, np.lexsort((other, one))]
    fresh = np.ones(pairs.shape[1], bool)
    fresh[1:] = (pairs[:, 1:] != pairs[:, :-1]).any(axis=0)
    return pairs[:, fresh]


def purchases(title: Columns) -> Columns:
    """Title messages as their buyers see them: the two sides change places.

    ``enterprise_id`` is the buyer, and ``buyer`` the one on the other side: the seller.
    """
    return {**title, "enterprise_id": title["buyer"], "buyer": title["enterprise_id"]}


def keepers(custody: Columns) -> Integers:
    """Pairs (lot, enterprise) of those for whom a lot is kept, as :func:`holders` gives them."""
    return distinct(custody["cargo_code"], custody["enterprise_id"])


def buyers(bought: Columns) -> Integers:
    """Pairs (lot, enterprise) of those who bought in storage, as :func:`holders` gives them."""
    rows = take(bought, bought["in_storage"] == column("title", "in_storage").code("yes"))
    return distinct(rows["cargo_code"], rows["enterprise_id"])


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
    return distinct(*np.concatenate([keepers(custody), buyers(bought)], axis=1))


def of_market(valuations: Columns) -> npt.NDArray[np.bool_]:
    """Which valuations are the market's prices, and not of a lot."""
    kind = column("valuation", "kind").code("market_price")
    return np.asarray(valuations["kind"] == kind)


def under_holders(valuations: Columns, pairs: Integers) -> Columns:
    """Each valuation of a lot once under every holder of the lot."""
    lots = valuations["cargo_code"]
    first = np.searchsorted(pairs[0], lots, side="left")
    count = np.searchsorted(pairs[0], lots, side="right") - first
    row = np.repeat(np.arange(len(first)), count)
    within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return {**take(valuations, row), "enterprise_id": pairs[1][first[row] + within]}
