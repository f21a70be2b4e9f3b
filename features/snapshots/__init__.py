"""Snapshots: what is known of every enterprise as of a midnight, published for all to read."""
