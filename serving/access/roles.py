"""Roles of clients, and what each role may do at all."""

from enum import StrEnum


class Role(StrEnum):
    """What a client is to the service."""

    BANK = "bank"
    PROVIDER = "provider"
    ENTERPRISE = "enterprise"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    """One kind of operation, as a token names it."""

    SCORES_WRITE = "scores:write"
    SCORES_READ = "scores:read"
    PROFILES_READ = "profiles:read"
    CONSENTS_WRITE = "consents:write"
    CONSENTS_READ = "consents:read"
    MODELS_READ = "models:read"
    MESSAGES_WRITE = "messages:write"
    METRICS_READ = "metrics:read"
    OBJECTIONS_WRITE = "objections:write"
    OBJECTIONS_READ = "objections:read"
    OBJECTIONS_SETTLE = "objections:settle"
    WEBHOOKS_WRITE = "webhooks:write"
    WEBHOOKS_READ = "webhooks:read"


_READING = {
    Scope.SCORES_READ,
    Scope.PROFILES_READ,
    Scope.CONSENTS_READ,
    Scope.OBJECTIONS_READ,
}
_TOLD = {Scope.WEBHOOKS_WRITE, Scope.WEBHOOKS_READ}
_SETTLING = {Scope.OBJECTIONS_READ, Scope.OBJECTIONS_SETTLE}

SCOPES: dict[Role, frozenset[Scope]] = {
    Role.BANK: frozenset({*_READING, *_TOLD, Scope.SCORES_WRITE, Scope.MODELS_READ}),
    Role.OFFICER: frozenset({*_READING, *_SETTLING, Scope.MODELS_READ}),
    Role.ENTERPRISE: frozenset(
        {*_READING, Scope.SCORES_WRITE, Scope.CONSENTS_WRITE, Scope.OBJECTIONS_WRITE}
    ),
    Role.PROVIDER: frozenset({*_SETTLING, Scope.MESSAGES_WRITE}),
    Role.ADMINISTRATOR: frozenset({*_SETTLING, Scope.MODELS_READ, Scope.METRICS_READ}),
}
"""The most that a client of each role can be given; an administrator sees no enterprise,
but for objections, which the port must see settled."""
