"""Cargo and custody: the goods of a case, lot by lot, and what happened to each."""
