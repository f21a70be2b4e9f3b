"""The hash under which messages are found again."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from supervision.contract.messages import STREAMS
from supervision.duplicates import content_columns, hashes

IDS = st.lists(st.from_regex(r"[A-Za-z0-9._:-]{1,64}", fullmatch=True), min_size=1, max_size=20)


def hashed(provider: int, ids: list[str]) -> list[int]:
    return hashes(np.full(len(ids), provider, np.int64), pa.array(ids, pa.string())).tolist()


@given(IDS, st.integers(1, 2**40))
def test_a_hash_depends_on_its_own_id_alone(ids: list[str], provider: int):
    assert hashed(provider, ids) == [hashed(provider, [one])[0] for one in ids]


@given(IDS, st.integers(0, 5), st.integers(0, 5))
def test_a_slice_is_hashed_as_the_whole(ids: list[str], start: int, end: int):
    whole = pa.array(ids)
    part = whole[start : len(ids) - end]
    providers = np.ones(len(part), np.int64)
    assert hashes(providers, part).tolist() == hashed(1, part.to_pylist())


@given(IDS)
def test_a_hash_has_sixty_bits(ids: list[str]):
    assert all(0 <= h < 2**60 for h in hashed(1, ids))


def test_ids_that_differ_little_do_not_meet():
    # 200,000 ids and two providers: with 60 bits a meeting has a chance of 7e-8.
    ids = [f"m-{n}" for n in range(100_000)] + [f"{n}-m" for n in range(100_000)]
    found = hashed(1, ids) + hashed(2, ids)
    assert len(set(found)) == 400_000


def test_hashes_never_change():
    # A record written by an earlier version must still be found.
    assert hashed(1, ["m-1", "WH:2020.01-0001"]) == HASHED


HASHED = [72787401719489266, 263590317890525223]


def test_no_ids_have_no_hashes():
    assert hashed(1, []) == []


def test_content_is_everything_but_what_names_the_message():
    for stream in STREAMS:
        names = content_columns(stream)
        assert {"occurred_at", "recorded_at", "enterprise_id", "kind"} <= set(names)
        assert not {"message_id", "provider_id", "reverses"} & set(names)
