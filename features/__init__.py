"""What was known, as numbers: the catalogue of features and the one engine that evaluates it."""
