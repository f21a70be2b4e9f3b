"""The nine streams of the contract, one model each, in one envelope.

A message either states a fact (the envelope and its stream's own fields) or takes one back
(the envelope with ``reverses`` and nothing of the stream's own). Nothing is ever edited.
"""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from supervision.contract.fields import (
    CalendarDay,
    CargoCode,
    Country,
    CreditCode,
    Currency,
    Days,
    Digest,
    ForeignMoney,
    HsCode,
    Industry,
    Locode,
    MessageId,
    Micros,
    MilliDegrees,
    Money,
    Number,
    Party,
    Place,
    ProviderId,
    Quantity,
    Rank,
    Rating,
    Reference,
    Region,
    ReversedId,
    SupervisionMode,
    Unit,
    UnitPrice,
)

VERSION = 1
"""Version of the contract that these models state."""


class Message(BaseModel):
    """The envelope that every message of every stream has.

    Attributes
    ----------
    requires : dict
        For each kind of fact the fields that it must state besides the envelope's own;
        the key ``"*"`` holds for all kinds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    requires: ClassVar[dict[str, tuple[str, ...]]] = {}

    message_id: MessageId
    stream: str
    provider_id: ProviderId
    enterprise_id: CreditCode | None = None
    cargo_code: CargoCode | None = None
    occurred_at: Micros
    recorded_at: Micros
    reverses: ReversedId | None = None
    kind: str | None = None

    @model_validator(mode="after")
    def _states_what_its_kind_requires(self) -> Self:
        if self.reverses is not None:
            stated = sorted(f for f in body_fields(type(self)) if getattr(self, f) is not None)
            if stated:
                raise ValueError(f"a reversal states no facts of its own, found {stated}")
            return self
        if self.kind is None:
            raise ValueError("a fact states its kind")
        needed = (*self.requires.get("*", ()), *self.requires.get(self.kind, ()))
        missing = sorted(f for f in needed if getattr(self, f) is None)
        if missing:
            raise ValueError(f"{self.stream} of kind {self.kind} lacks {missing}")
        return self


class Enterprise(Message):
    """From the registry: who the enterprise is, who controls it, what it is tied to."""

    stream: Literal["enterprise"] = "enterprise"
    kind: (
        Literal[
            "registration",
            "actual_controller",
            "related_party",
            "guarantee_given",
            "guarantee_ended",
            "core_link",
            "core_link_ended",
        ]
        | None
    ) = None
    region: Region | None = None
    industry: Industry | None = None
    size_class: Literal["large", "medium", "small", "micro"] | None = None
    registered_capital: Money | None = None
    established_on: CalendarDay | None = None
    customs_credit_grade: Literal["advanced", "registered", "dishonest"] | None = None
    party: Party | None = None
    reference: Reference | None = None
    amount: Money | None = None
    core_rating: Rating | None = None

    requires = {
        "*": ("enterprise_id",),
        "registration": ("region", "industry", "size_class", "registered_capital"),
        "actual_controller": ("party",),
        "related_party": ("party",),
        "guarantee_given": ("party", "reference", "amount"),
        "guarantee_ended": ("party", "reference", "amount"),
        "core_link": ("party", "core_rating"),
        "core_link_ended": ("party",),
    }


class Declaration(Message):
    """From customs: what was declared, by whom and for whom, and what inspection found."""

    stream: Literal["declaration"] = "declaration"
    kind: Literal["declared", "amended", "inspected"] | None = None
    number: Number | None = None
    direction: Literal["import", "export"] | None = None
    supervision_mode: SupervisionMode | None = None
    trade_term: Literal["CIF", "CFR", "FOB", "EXW", "DAP", "DDP", "FCA", "CPT", "CIP"] | None = None
    hs_code: HsCode | None = None
    first_quantity: Quantity | None = None
    second_quantity: Quantity | None = None
    net_weight: Quantity | None = None
    unit: Unit | None = None
    declared_value: Money | None = None
    currency: Currency | None = None
    currency_value: ForeignMoney | None = None
    origin: Country | None = None
    port: Locode | None = None
    trading_party: Party | None = None
    consuming_party: Party | None = None
    counterparty: Party | None = None
    inspection: Literal["released", "amended", "detained"] | None = None
    mirror_number: Number | None = None

    requires = {
        "*": ("enterprise_id", "number"),
        "declared": (
            "direction",
            "hs_code",
            "first_quantity",
            "unit",
            "declared_value",
            "currency",
            "currency_value",
            "origin",
            "port",
            "trading_party",
            "consuming_party",
            "counterparty",
        ),
        "inspected": ("inspection",),
    }


class Document(Message):
    """From carriers, the tax office, quarantine and insurers: the papers of a lot."""

    stream: Literal["document"] = "document"
    kind: (
        Literal[
            "bill_of_lading",
            "vat_invoice",
            "tax_receipt",
            "quarantine_certificate",
            "insurance_policy",
        ]
        | None
    ) = None
    number: Number | None = None
    digest: Digest | None = None
    amount: Money | None = None
    valid_until: Micros | None = None

    requires = {"*": ("enterprise_id", "cargo_code", "number")}


class Custody(Message):
    """From the warehouse: where the lot is, how much of it, and what was wrong with it."""

    stream: Literal["custody"] = "custody"
    kind: Literal["received", "moved", "counted", "released", "sensor", "exception"] | None = None
    exception: (
        Literal[
            "count_mismatch",
            "seal_broken",
            "temperature_excursion",
            "unauthorised_movement",
            "document_mismatch",
        ]
        | None
    ) = None
    warehouse: Place | None = None
    pile: Place | None = None
    quantity: Quantity | None = None
    unit: Unit | None = None
    short_quantity: Quantity | None = None
    reading: MilliDegrees | None = None
    release_order: Number | None = None

    requires = {
        "*": ("enterprise_id", "cargo_code", "warehouse"),
        "received": ("quantity", "unit"),
        "moved": ("quantity", "unit", "pile"),
        "counted": ("quantity", "unit"),
        "released": ("quantity", "unit"),
        "sensor": ("reading",),
        "exception": ("exception",),
    }


class Valuation(Message):
    """From an appraiser (a lot) or a price feed (a commodity): what a unit is worth."""

    stream: Literal["valuation"] = "valuation"
    kind: Literal["appraisal", "market_price"] | None = None
    hs_code: HsCode | None = None
    unit_price: UnitPrice | None = None
    method: Literal["market", "invoice", "auction", "model"] | None = None

    requires = {
        "*": ("unit_price",),
        "appraisal": ("enterprise_id", "cargo_code"),
        "market_price": ("hs_code",),
    }


class Title(Message):
    """From the title registry: who sold a lot or part of it to whom, and when it was paid.

    ``enterprise_id`` is the seller. ``in_storage`` is ``yes`` where the goods stay in the
    warehouse and change hands there, ``no`` where they leave it to the buyer (the custody
    stream then tells the release).
    """

    stream: Literal["title"] = "title"
    kind: Literal["transferred", "paid"] | None = None
    number: Reference | None = None
    buyer: Party | None = None
    quantity: Quantity | None = None
    unit: Unit | None = None
    price: Money | None = None
    due_at: Micros | None = None
    in_storage: Literal["no", "yes"] | None = None

    requires = {
        "*": ("enterprise_id", "cargo_code", "number", "buyer", "price"),
        "transferred": ("quantity", "unit", "due_at", "in_storage"),
        "paid": ("due_at",),
    }


class Pledge(Message):
    """From the pledge registry: electronic warehouse receipts (GB/T 30332) and their release."""

    stream: Literal["pledge"] = "pledge"
    kind: (
        Literal["registered", "release_requested", "authorised", "released", "enforced"] | None
    ) = None
    receipt: Reference | None = None
    lender: Party | None = None
    rank: Rank | None = None
    form: Literal["static", "dynamic"] | None = None
    floor_value: Money | None = None
    quantity: Quantity | None = None
    unit: Unit | None = None
    amount: Money | None = None
    matures_at: Micros | None = None
    registration_number: Number | None = None
    release_order: Number | None = None
    holder: Party | None = None

    requires = {
        "*": ("enterprise_id", "cargo_code", "receipt", "lender"),
        "registered": ("rank", "form", "quantity", "unit", "amount", "registration_number"),
        "release_requested": ("quantity", "unit", "release_order"),
        "authorised": ("release_order", "holder"),
        "released": ("quantity", "unit", "amount"),
        "enforced": ("quantity", "unit", "amount"),
    }


class Financing(Message):
    """From lenders: facilities, drawings, instalments and how late they are."""

    stream: Literal["financing"] = "financing"
    kind: (
        Literal[
            "facility",
            "drawn",
            "instalment_due",
            "instalment_paid",
            "days_past_due",
            "extended",
            "restructured",
            "closed",
        ]
        | None
    ) = None
    facility: Reference | None = None
    lender: Party | None = None
    lender_kind: Literal["bank", "factor"] | None = None
    amount: Money | None = None
    due_at: Micros | None = None
    matures_at: Micros | None = None
    days_past_due: Days | None = None
    renewed_from: Reference | None = None

    requires = {
        "*": ("enterprise_id", "facility", "lender"),
        "facility": ("amount", "lender_kind", "matures_at"),
        "drawn": ("amount",),
        "instalment_due": ("amount", "due_at"),
        "instalment_paid": ("amount", "due_at", "days_past_due"),
        "days_past_due": ("days_past_due", "amount"),
        "closed": ("amount",),
    }


class Outcome(Message):
    """From lenders and courts: default with its kind, cure, and listing as a dishonest debtor."""

    stream: Literal["outcome"] = "outcome"
    kind: Literal["default", "cure", "dishonest_debtor"] | None = None
    default_kind: (
        Literal[
            "past_due_90",
            "write_off",
            "loss_sale",
            "distressed_restructuring",
            "bankruptcy",
        ]
        | None
    ) = None
    facility: Reference | None = None
    lender: Party | None = None
    amount: Money | None = None

    requires = {"*": ("enterprise_id",), "default": ("default_kind", "amount")}


Fact = Annotated[
    Enterprise
    | Declaration
    | Document
    | Custody
    | Valuation
    | Title
    | Pledge
    | Financing
    | Outcome,
    Field(discriminator="stream"),
]
"""Any message of the contract, told apart by its ``stream``."""

STREAMS: dict[str, type[Message]] = {
    "enterprise": Enterprise,
    "declaration": Declaration,
    "document": Document,
    "custody": Custody,
    "valuation": Valuation,
    "title": Title,
    "pledge": Pledge,
    "financing": Financing,
    "outcome": Outcome,
}
"""The model of each stream, in the order in which streams are named everywhere."""

ENVELOPE = tuple(name for name in Message.model_fields if name != "kind")
"""Names of the envelope's fields; every other field of a model is its stream's own."""


def body_fields(model: type[Message]) -> tuple[str, ...]:
    """Names of the fields of a stream's own, ``kind`` first."""
    return tuple(name for name in model.model_fields if name not in ENVELOPE)
