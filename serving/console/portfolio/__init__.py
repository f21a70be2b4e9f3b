"""The portfolio: what all cases of a lender add up to."""
