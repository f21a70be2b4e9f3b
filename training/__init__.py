"""Training: from a feature table and what lenders reported to a validated, registered model."""
