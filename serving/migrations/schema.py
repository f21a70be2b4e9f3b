"""The ledger's tables as this version of the service expects them, from all who own some."""

import sqlalchemy as sa

from serving import kept_policies, keys, ledger
from serving.access import assertions, clients, consents, rates
from serving.audit import log, seals
from serving.cases import standing
from serving.console.decision import log as decisions
from serving.console.officers import roster, sessions
from serving.jobs import tables as jobs
from serving.objections import log as objections
from serving.warnings import log as warnings
from serving.webhooks import tables as webhooks

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
    roster.OFFICER,
    sessions.SESSION,
    standing.STANDING,
    jobs.JOB,
    jobs.CHUNK,
    jobs.EVENT,
    webhooks.ENDPOINT,
    webhooks.EVENT,
    webhooks.DELIVERY,
    webhooks.ATTEMPT,
    objections.EVENT,
    decisions.DECISION,
    warnings.WARNING,
)


def schema() -> sa.MetaData:
    """All tables in one collection."""
    metadata = sa.MetaData()
    for table in TABLES:
        table.to_metadata(metadata)
    return metadata
