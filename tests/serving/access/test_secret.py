from hypothesis import given, settings
from hypothesis import strategies as st

from serving.access.secret import fits, hash_of, new_secret


@settings(max_examples=5)
@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_only_the_secret_itself_fits_its_hash(secret: str, other: str) -> None:
    kept = hash_of(secret)
    assert fits(secret, kept)
    assert fits(other, kept) is (other == secret)


def test_a_hash_tells_nothing_of_the_secret_and_none_is_like_another() -> None:
    secret = new_secret()
    assert len(secret) >= 43
    assert secret not in hash_of(secret)
    assert hash_of(secret) != hash_of(secret)
    assert new_secret() != secret


def test_nothing_fits_a_client_without_a_secret() -> None:
    assert not fits("", None)
    assert not fits("anything", None)
