"""What was reported, when and by whom: the supervision record. Knows nothing of credit."""
