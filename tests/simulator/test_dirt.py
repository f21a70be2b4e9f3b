import numpy as np

from simulator.clock import DAY
from simulator.dirt import Fault, spoilt
from simulator.world import Dirt
from supervision.arrays import MISSING
from supervision.contract.columns import columns

COUNT = 4_000
CLEAN = Dirt(0.0, 0.0, 0.0, 0.0, 0.0)


def _block() -> dict[str, np.ndarray]:
    names = [c.name for c in columns("custody")]
    block = {name: np.full(COUNT, MISSING, np.int64) for name in names}
    block["message_id"] = np.arange(1, COUNT + 1)
    block["provider_id"] = np.arange(COUNT) % 3
    block["occurred_at"] = 10**15 + np.arange(COUNT) * DAY // 100
    block["recorded_at"] = block["occurred_at"] + DAY
    block["_arrival"] = block["recorded_at"].copy()
    block["_fault"] = np.zeros(COUNT, np.int64)
    for name in ("kind", "cargo_code", "enterprise_id", "warehouse", "unit"):
        block[name] = np.zeros(COUNT, np.int64)
    block["quantity"] = np.arange(COUNT) + 100
    return block


def _spoilt(dirt: Dirt) -> dict[str, np.ndarray]:
    return spoilt("custody", _block(), dirt, COUNT + 1, np.random.default_rng(3))[0]


def test_without_dirt_a_block_stays_as_it_was() -> None:
    before, after = _block(), _spoilt(CLEAN)
    assert all((before[name] == after[name]).all() for name in before)


def test_a_duplicate_is_the_same_row_again_and_arrives_later() -> None:
    after = _spoilt(Dirt(0.1, 0.0, 0.0, 0.0, 0.0))
    extra = slice(COUNT, None)
    assert 0.07 * COUNT < len(after["message_id"][extra]) < 0.13 * COUNT
    original = after["message_id"][extra] - 1
    for name in after:
        if name != "_arrival":
            assert (after[name][extra] == after[name][original]).all()
    assert (after["_arrival"][extra] > after["_arrival"][original]).all()


def test_a_correction_is_a_reversal_by_the_same_provider_and_then_the_right_fact() -> None:
    truth, after = _block(), _spoilt(Dirt(0.0, 0.1, 0.0, 0.0, 0.0))
    reversals = np.flatnonzero(after["reverses"] != MISSING)
    assert 0.07 * COUNT < len(reversals) < 0.13 * COUNT
    wrong = after["reverses"][reversals] - 1
    restated = reversals + len(reversals)
    assert (after["provider_id"][reversals] == after["provider_id"][wrong]).all()
    assert (after["recorded_at"][reversals] > after["recorded_at"][wrong]).all()
    assert (after["recorded_at"][restated] > after["recorded_at"][reversals]).all()
    for name in ("kind", "quantity", "unit", "warehouse"):
        assert (after[name][reversals] == MISSING).all()
        assert (after[name][restated] == truth[name][wrong]).all()
    assert (after["occurred_at"][restated] == truth["occurred_at"][wrong]).all()
    assert (after["occurred_at"][wrong] != truth["occurred_at"][wrong]).all()
    assert len(set(after["message_id"].tolist())) == len(after["message_id"])


def test_what_is_spoilt_beyond_repair_comes_beside_the_good_row() -> None:
    after = _spoilt(Dirt(0.0, 0.0, 0.0, 0.05, 0.05))
    truth = _block()
    assert all((after[name][:COUNT] == truth[name]).all() for name in truth)
    assert set(after["_fault"][COUNT:].tolist()) == {int(Fault.UNIT), int(Fault.MISTYPED)}
