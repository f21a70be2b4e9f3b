"""Whom cargo would lend to that a core enterprise's name would not: ``-m benchmarks.mission``."""
