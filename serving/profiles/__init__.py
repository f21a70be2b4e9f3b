"""Profiles: the portrait of an enterprise."""
