"""Words for the codes of decisions; templates translate them."""

from serving.console.decision.act import Act, Paper, Reason
from serving.console.language import mark

ACTS = {
    Act.AGREED: mark("Agreed with the score"),
    Act.DOCUMENTS: mark("Asked for documents"),
    Act.PROPOSED: mark("Proposed an override"),
    Act.CONFIRMED: mark("Confirmed the override"),
    Act.REFUSED: mark("Refused the override"),
    Act.WITHDRAWN: mark("Withdrew the override"),
}
TONES = {
    Act.AGREED: "good",
    Act.DOCUMENTS: "calm",
    Act.PROPOSED: "warn",
    Act.CONFIRMED: "good",
    Act.REFUSED: "bad",
    Act.WITHDRAWN: "calm",
}
"""How pages mark an act."""
REASONS = {
    Reason.NOT_ON_RECORD: mark("Known facts that the record does not have"),
    Reason.WRONG_FACT: mark("A fact of the record is wrong or disputed"),
    Reason.UNTYPICAL: mark("A business that the model was not made for"),
    Reason.SUPPORT: mark("Support or burden of the group or a guarantor"),
    Reason.SECURITY: mark("Security better or worse than recorded"),
    Reason.CONDUCT: mark("Conduct towards this lender"),
    Reason.MARKET: mark("Market or industry has turned since"),
    Reason.LENDING_RULES: mark("This lender's rules on customers or goods"),
    Reason.OTHER: mark("Another reason, told in the note"),
}
PAPERS = {
    Paper.ACCOUNTS: mark("Financial statements"),
    Paper.TAX_RETURNS: mark("Tax returns"),
    Paper.BANK_STATEMENTS: mark("Bank statements"),
    Paper.CONTRACTS: mark("Trade contracts"),
    Paper.INVOICES: mark("VAT invoices"),
    Paper.WAREHOUSE_RECEIPTS: mark("Warehouse receipts"),
    Paper.COUNT_REPORT: mark("Report of a fresh count"),
    Paper.INSURANCE: mark("Insurance policies"),
    Paper.CUSTOMS: mark("Customs declarations and tax receipts"),
    Paper.OWNERSHIP: mark("Papers on owners and guarantors"),
}
AUTHORITIES = {
    "officer": mark("another risk officer"),
    "approver": mark("a senior risk officer other than the one who proposed it"),
}
