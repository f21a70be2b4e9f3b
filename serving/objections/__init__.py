"""Objections of an enterprise to a fact about it: lodged, settled within 20 days, never an edit."""
