"""Who may do what to whose data: what is expected, written down and not read from the code."""

from dataclasses import dataclass

from tests.serving.access import operations as ask
from tests.serving.access.operations import Ask
from tests.serving.conftest import DEFAULTED, DORMANT, NEWCOMER, STRONG, UNKNOWN, WEAK, code

MONITORED, FOREIGN = code(0), code(1)
TENANTS = (
    "nobody", "bank-a", "bank-b", "officer-a", "strong", "weak", "customs", "root",
)  # fmt: skip
OBJECTS = {
    STRONG: "consented to bank-a, everything",
    WEAK: "consented to nobody",
    DEFAULTED: "consent expired",
    NEWCOMER: "consent revoked",
    DORMANT: "consented to its profile alone",
    MONITORED: "consented for another purpose",
    FOREIGN: "consented to bank-b",
    UNKNOWN: "never heard of",
}
SCORED = {"bank-a": {STRONG}, "bank-b": {FOREIGN}, "strong": {STRONG}, "weak": {WEAK}}
PROFILED = {
    "bank-a": {STRONG, DORMANT}, "bank-b": {FOREIGN}, "officer-a": {STRONG, DORMANT},
    "strong": {STRONG}, "weak": {WEAK},
}  # fmt: skip
KEPT = {
    "bank-a": {STRONG, MONITORED}, "officer-a": {STRONG, MONITORED}, "bank-b": {FOREIGN},
    "weak": {WEAK},
}  # fmt: skip
"""Whose earlier score each may see: only the tenant's own, and its officers'."""
HANDED_IN = {
    "bank-a": {STRONG, WEAK}, "officer-a": {STRONG, WEAK}, "bank-b": {FOREIGN},
    "weak": {MONITORED},
}  # fmt: skip
"""Whose job over each may be seen by whom: only by the tenant that handed it in."""
HOOKED = {"bank-a": {STRONG}, "bank-b": {FOREIGN}}
"""Whose endpoint stands for which: banks' alone."""
OPPOSED = {
    "bank-a": {STRONG}, "officer-a": {STRONG}, "bank-b": {FOREIGN}, "strong": {STRONG},
    "weak": {WEAK}, "root": {STRONG, WEAK, FOREIGN},
}  # fmt: skip
"""Objections were lodged by these three; what they object to, the warehouse reported."""


@dataclass(frozen=True)
class Row:
    """What is expected of one operation.

    Attributes
    ----------
    ask : callable
    roles : set of str
        Tenants whose role may call it at all; others get 403.
    sees : dict
        Objects for which each tenant gets 200; for others 404. None: bound to no enterprise.
    """

    ask: Ask
    roles: frozenset[str] | None
    sees: dict[str, set[str]] | None = None


def _by(*tenants: str) -> frozenset[str]:
    return frozenset(tenants)


ASKS = _by("bank-a", "bank-b", "strong", "weak")
READS = ASKS | {"officer-a"}
BANKS = _by("bank-a", "bank-b")
GIVES = _by("strong", "weak")
OWN = {"strong": {STRONG}, "weak": {WEAK}}
SETTLES = _by("customs", "root")
EXPECTED: dict[tuple[str, str], Row] = {
    ("post", "/v1/scores"): Row(ask.score, ASKS, SCORED),
    ("post", "/v1/scores:batch"): Row(ask.batch, ASKS, SCORED),
    ("get", "/v1/scores/{score_id}"): Row(ask.earlier, READS, KEPT),
    ("get", "/v1/scores/{score_id}/improvements"): Row(ask.improve, READS, KEPT),
    ("post", "/v1/jobs"): Row(ask.hand_in, ASKS),
    ("get", "/v1/jobs/{job_id}"): Row(ask.job, READS, HANDED_IN),
    ("get", "/v1/jobs/{job_id}/result"): Row(ask.result, READS, HANDED_IN),
    ("delete", "/v1/jobs/{job_id}"): Row(ask.cancel, ASKS, HANDED_IN),
    ("post", "/v1/webhooks"): Row(ask.hook, BANKS),
    ("get", "/v1/webhooks"): Row(ask.plain("/v1/webhooks"), BANKS),
    ("delete", "/v1/webhooks/{webhook_id}"): Row(ask.unhook, BANKS, HOOKED),
    ("post", "/v1/webhooks/{webhook_id}/test"): Row(ask.trial, BANKS, HOOKED),
    ("get", "/v1/webhooks/{webhook_id}/deliveries"): Row(ask.told, BANKS, HOOKED),
    ("post", "/v1/deliveries/{delivery_id}:replay"): Row(ask.tell, BANKS, HOOKED),
    ("post", "/v1/replays/{score_id}"): Row(ask.replay, READS, KEPT),
    ("get", "/v1/enterprises/{enterprise_id}/profile"): Row(ask.profile, READS, PROFILED),
    ("post", "/v1/consents"): Row(ask.give, GIVES, OWN),
    ("get", "/v1/consents"): Row(ask.plain("/v1/consents"), READS),
    ("post", "/v1/consents/{consent_id}/revoke"): Row(ask.revoke, GIVES, OWN),
    ("post", "/v1/objections"): Row(ask.oppose, GIVES, OWN),
    ("get", "/v1/objections"): Row(ask.plain("/v1/objections"), READS | SETTLES),
    ("get", "/v1/objections/{objection_id}"): Row(ask.objection, READS | SETTLES, OPPOSED),
    ("post", "/v1/objections/{objection_id}/resolve"): Row(
        ask.resolve, SETTLES | {"officer-a"}, {"root": {STRONG, WEAK, FOREIGN}}
    ),
    ("post", "/v1/messages"): Row(ask.say, _by("customs")),
    ("get", "/v1/models/champion"): Row(
        ask.plain("/v1/models/champion"), _by("bank-a", "bank-b", "officer-a", "root")
    ),
    ("get", "/metrics"): Row(ask.plain("/metrics"), _by("root")),
    ("get", "/healthz"): Row(ask.plain("/healthz"), None),
    ("get", "/readyz"): Row(ask.plain("/readyz"), None),
    ("post", "/oauth/token"): Row(ask.token, None),
    ("get", "/.well-known/jwks.json"): Row(ask.plain("/.well-known/jwks.json"), None),
    ("get", "/.well-known/oauth-authorization-server"): Row(
        ask.plain("/.well-known/oauth-authorization-server"), None
    ),
}
