"""The message contract, version 1: nine streams of supervision facts in one envelope."""
