"""A port that never existed, with a known truth: it writes files in the message contract.

Only this room knows the truth; nothing in the other rooms imports it.
"""
