"""What providers vouched for: which signed statement stands behind which file of the record.

A provider vouches for the messages of a file that bear its own name, and for no others. Who is in
doubt checks again: the file lies in the archive, the statement and the key in the record.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from supervision.append_only import AppendOnly, number_column
from supervision.providers.register import ProviderKey, keys
from supervision.providers.statement import BadStatement, Statement, check, key_id_of
from supervision.tables import BATCH, FACTS, NAME

_METADATA = sa.MetaData()
VOUCHED = sa.Table(
    "vouched",
    _METADATA,
    number_column(),
    sa.Column("statement", sa.Text, nullable=False, unique=True),
    sa.Column("digest", sa.Text, nullable=False, index=True),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("checked_at", sa.BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
"""One row for each statement that was found good; ``statement`` is the signed text itself."""
KEPT = AppendOnly(VOUCHED, "the log of statements", unique=("statement", "number"), key=0x4341524A)


@dataclass(frozen=True)
class Vouched:
    """A statement that was found good.

    Attributes
    ----------
    signed : str
        Its text.
    statement : Statement
    key : ProviderKey
    """

    signed: str
    statement: Statement
    key: ProviderKey


def checked(
    engine: Engine, signed: Iterable[str], statement: Statement, now: int
) -> tuple[Vouched, ...]:
    """Check what is signed for a file, against the keys that are in force.

    Raises
    ------
    BadStatement
        If any of it does not hold: then the file is not what somebody signed.
    """
    signed = tuple(dict.fromkeys(signed))
    known = {key.key_id: key for key in keys(engine)} if signed else {}
    found = []
    for text in signed:
        key = known.get(key_id_of(text))
        if key is None or not key.holds(now):
            held = "no key of any provider"
            if key is not None:
                held = f"a withdrawn one of {key.provider}"
            raise BadStatement(
                f"expected a signature by a registered key, found {held}: "
                f"{key_id_of(text)[:43]!r}; register it with `cargoworthy record keys add`"
            )
        check(text, statement, key.key)
        found.append(Vouched(text, statement, key))
    return tuple(found)


def keep(connection: Connection, found: Sequence[Vouched], now: int) -> None:
    """Write down statements that were found good, each once, in the open transaction."""
    if not found:
        return
    if not sa.inspect(connection).has_table(VOUCHED.name):
        KEPT.create(connection)
    asked = sa.select(VOUCHED.c.statement).where(
        VOUCHED.c.statement.in_([one.signed for one in found])
    )
    there = set(connection.execute(asked).scalars())
    for one in found:
        if one.signed not in there:
            there.add(one.signed)
            connection.execute(
                sa.insert(VOUCHED).values(
                    statement=one.signed,
                    digest=one.statement.digest,
                    stream=one.statement.stream,
                    provider=one.key.provider,
                    key_id=one.key.key_id,
                    checked_at=now,
                )
            )


@dataclass(frozen=True)
class Voucher:
    """Who vouched for a message.

    Attributes
    ----------
    message_id, provider : str
        Together they name a message: an id is a provider's own.
    key_id : str
        Of the key with which it was signed.
    """

    message_id: str
    provider: str
    key_id: str


def vouched_for(
    engine: Engine, stream: str, enterprise: int, message_ids: Sequence[str]
) -> dict[int, Voucher]:
    """Of messages about an enterprise those for which their providers vouched, by position.

    Parameters
    ----------
    engine : Engine
    stream : str
    enterprise : int
        Number of its name.
    message_ids : sequence of str
    """
    if not message_ids or not sa.inspect(engine).has_table(VOUCHED.name):
        return {}
    facts = FACTS[stream]
    query = (
        sa.select(facts.c.position, facts.c.message_id, NAME.c.text, VOUCHED.c.key_id)
        .join(BATCH, BATCH.c.batch == facts.c.batch)
        .join(NAME, NAME.c.number == facts.c.provider_id)
        .join(
            VOUCHED,
            sa.and_(
                VOUCHED.c.digest == BATCH.c.digest,
                VOUCHED.c.stream == BATCH.c.stream,
                VOUCHED.c.provider == NAME.c.text,
            ),
        )
        .where(facts.c.enterprise_id == enterprise, facts.c.message_id.in_(message_ids))
        .order_by(VOUCHED.c.number.desc())
    )
    with engine.connect() as connection:
        return {int(at): Voucher(*named) for at, *named in connection.execute(query)}
