"""How fast the service answers, and against what."""
