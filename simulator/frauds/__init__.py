"""Frauds, planted and listed: who would, when they do, and what of it shows in the messages.

Whoever commits one acts through the tables and messages of the ordinary trade: no message says
that a fraud is one. The list of the deeds stands in the truth.
"""
