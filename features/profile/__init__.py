"""The profile of a feature table: what each feature looks like, how it drifts, what it tells."""
