"""Losses: what defaults cost lenders, as the record tells it, and the LGD fitted to that."""
