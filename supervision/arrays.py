"""Rows of a stream as arrays: int64 columns of one length, the form in which features read them."""

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Columns = dict[str, Integers]
"""Column name to values. Enumerated columns hold places in the contract's list, name columns
numbers of the record's table of names."""

MISSING = int(np.iinfo(np.int64).min)
"""Stands for a field that a message left out."""

NEVER = int(np.iinfo(np.int64).max)
"""Stands for a time that has not come: a fact that nobody has reversed."""
