"""What each operation of the interface demands.

Every operation stands here; one that does not is refused, so that a new route is closed until
somebody has thought about who may.
"""

from serving.access.roles import Scope

PUBLIC = frozenset(
    {
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/docs"),
        ("POST", "/oauth/token"),
        ("GET", "/.well-known/jwks.json"),
        ("GET", "/.well-known/oauth-authorization-server"),
    }
)
"""Operations that anybody may call: they tell nothing of any enterprise."""

REQUIRED: dict[tuple[str, str], Scope] = {
    ("POST", "/v1/scores"): Scope.SCORES_WRITE,
    ("POST", "/v1/scores:batch"): Scope.SCORES_WRITE,
    ("GET", "/v1/scores/{score_id}"): Scope.SCORES_READ,
    ("GET", "/v1/scores/{score_id}/improvements"): Scope.SCORES_READ,
    ("POST", "/v1/jobs"): Scope.SCORES_WRITE,
    ("GET", "/v1/jobs/{job_id}"): Scope.SCORES_READ,
    ("GET", "/v1/jobs/{job_id}/result"): Scope.SCORES_READ,
    ("DELETE", "/v1/jobs/{job_id}"): Scope.SCORES_WRITE,
    ("POST", "/v1/webhooks"): Scope.WEBHOOKS_WRITE,
    ("GET", "/v1/webhooks"): Scope.WEBHOOKS_READ,
    ("DELETE", "/v1/webhooks/{webhook_id}"): Scope.WEBHOOKS_WRITE,
    ("POST", "/v1/webhooks/{webhook_id}/test"): Scope.WEBHOOKS_WRITE,
    ("GET", "/v1/webhooks/{webhook_id}/deliveries"): Scope.WEBHOOKS_READ,
    ("POST", "/v1/deliveries/{delivery_id}:replay"): Scope.WEBHOOKS_WRITE,
    ("POST", "/v1/replays/{score_id}"): Scope.SCORES_READ,
    ("GET", "/v1/enterprises/{enterprise_id}/profile"): Scope.PROFILES_READ,
    ("POST", "/v1/objections"): Scope.OBJECTIONS_WRITE,
    ("GET", "/v1/objections"): Scope.OBJECTIONS_READ,
    ("GET", "/v1/objections/{objection_id}"): Scope.OBJECTIONS_READ,
    ("POST", "/v1/objections/{objection_id}/resolve"): Scope.OBJECTIONS_SETTLE,
    ("POST", "/v1/consents"): Scope.CONSENTS_WRITE,
    ("GET", "/v1/consents"): Scope.CONSENTS_READ,
    ("POST", "/v1/consents/{consent_id}/revoke"): Scope.CONSENTS_WRITE,
    ("POST", "/v1/messages"): Scope.MESSAGES_WRITE,
    ("GET", "/v1/models/champion"): Scope.MODELS_READ,
    ("GET", "/metrics"): Scope.METRICS_READ,
}
"""Scope that a token must name, by method and path."""
