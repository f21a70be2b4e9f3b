"""Roles of officers, and what each may open."""

from enum import StrEnum


class OfficerRole(StrEnum):
    """What an officer is to the lender, or to the port."""

    OFFICER = "officer"
    APPROVER = "approver"
    DATA = "data"
    MODEL = "model"
    ADMINISTRATOR = "administrator"


RISK = frozenset({OfficerRole.OFFICER, OfficerRole.APPROVER})
"""Who reads cases: risk officers, and the senior ones who approve."""
APPROVERS = frozenset({OfficerRole.APPROVER})
DATA = frozenset({OfficerRole.DATA})
"""The port's data officers: they see feeds, no case. A lender's own is none of them."""
PORT = "port"
"""The tenant of the port's own officers."""
MODEL = frozenset({OfficerRole.MODEL, OfficerRole.APPROVER})
EVERYBODY = frozenset(OfficerRole)
