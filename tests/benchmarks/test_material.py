from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.world.material import followed
from features.calendar import month_end
from training.horizon import months_after

FIRMS = 20_000
AS_OF = month_end("2021-12")


def test_a_default_is_its_own_firms_alone(tmp_path: Path) -> None:
    ids = np.array([f"{number:018d}" for number in range(FIRMS)])[::-1]
    before, soon, late = (int(months_after(np.array([AS_OF]), n)[0]) for n in (-3, 5, 13))
    struck = {3: [before], 7: [soon], 4103: [late], 19_999: [before, soon]}
    pairs = [(ids[firm], at) for firm, times in struck.items() for at in times]
    pq.write_table(
        pa.table({"enterprise_id": [code for code, _ in pairs], "at": [at for _, at in pairs]}),
        tmp_path / "defaults.parquet",
    )
    firm = np.append(np.arange(FIRMS), -1)
    target, defaulted = followed(tmp_path, ids, firm, np.full(len(firm), AS_OF))
    assert np.flatnonzero(target).tolist() == [7, 19_999]
    assert np.flatnonzero(defaulted).tolist() == [3, 19_999]
