import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.books import Account, Books, PartnerAccount

PAYMENTS = st.lists(
    st.tuples(
        st.sampled_from([a for a in Account if a != Account.ENTERPRISES]),
        st.integers(0, 2),
        st.integers(-(10**14), 10**14),
    ),
    max_size=30,
)


@given(PAYMENTS, st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 10**12))))
def test_the_books_close_to_the_fen(
    payments: list[tuple[Account, int, int]], between: list[tuple[int, int, int]]
) -> None:
    books = Books(3)
    for account, enterprise, amount in payments:
        books.receive(account, np.array([enterprise]), np.array([amount]))
    for payer, payee, amount in between:
        books.pass_on(np.array([payer]), np.array([payee]), np.array([amount]))
    assert books.difference() == 0
    assert int(books.cash.sum()) == sum(amount for _, _, amount in payments)


def test_money_out_of_nowhere_is_seen() -> None:
    books = Books(2)
    books.cash[1] += 1
    assert books.difference() == 1


def test_one_who_receives_twice_at_once_has_both_amounts() -> None:
    books = Books(2)
    books.receive(Account.BUYERS, np.array([1, 1]), np.array([5, 7]))
    assert books.cash.tolist() == [0, 12]


def test_partners_keep_books_of_their_own_accounts() -> None:
    books = Books(2, PartnerAccount)
    books.receive_each(PartnerAccount.MARKET, np.array([9, 4]))
    books.pay(PartnerAccount.SELLERS, np.array([0]), np.array([5]))
    assert books.cash.tolist() == [4, 4]
    assert books.total(PartnerAccount.SELLERS) == -5
    assert books.difference() == 0
    books.cash[0] -= 3
    assert books.difference() == 3
