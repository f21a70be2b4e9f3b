"""The ledger's tables as this version of the service expects them, from all who own some."""

import sqlalchemy as sa

from serving import kept_policies, keys, ledger
from serving.access import assertions, clients, consents, rates
from serving.audit import log, seals

TABLES = (
    ledger.SCORE,
    log.AUDIT,
    seals.SEAL,
    keys.KEY,
    kept_policies.POLICY,
    clients.CLIENT,
    consents.EVENT,
    rates.RATE,
    assertions.ASSERTION,
)


def schema() -> sa.MetaData:
    """All tables in one collection."""
    metadata = sa.MetaData()
    for table in TABLES:
        table.to_metadata(metadata)
    return metadata
