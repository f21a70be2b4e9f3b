"""Promotion: which version of a model comes into force, by whose word, and on what report."""
