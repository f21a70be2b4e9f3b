"""Exact contributions of features to a margin, by our own kernel."""
