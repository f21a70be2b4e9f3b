"""The decision page: a lender's officers agree with a score, ask for papers or override it."""
