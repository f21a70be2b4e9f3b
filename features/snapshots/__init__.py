"""Snapshots: what is known of enterprises and warehouses as of a midnight, for all to read."""
