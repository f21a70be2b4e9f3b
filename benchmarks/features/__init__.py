"""How fast features are evaluated, against SQL, pandas and a bare scan of the same files."""
