"""How hard a simulated world is, and how fast it is made: ``python -m benchmarks.world``."""
