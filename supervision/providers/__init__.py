"""Who reports: the keys of providers, and what they signed."""
