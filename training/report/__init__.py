"""The validation report: what a version shows when it is asked what supervisors ask."""
