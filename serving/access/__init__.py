"""Who may: clients and their tokens, the enterprises' consents, and how much may be asked."""
