"""The case page: one enterprise, its score and all that explains it."""
