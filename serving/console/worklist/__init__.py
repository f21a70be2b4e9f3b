"""The worklist: the cases of a lender by urgency."""
