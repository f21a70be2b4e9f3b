"""One module a step, each frozen once it is released.

A step creates only what is missing, because a service that opens a ledger also makes the tables
that it lacks: so a database that a service has used already is taken over as it is.
"""
