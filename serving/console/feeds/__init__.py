"""Feeds: how the port's providers report, what stands in quarantine, and who consented to whom."""
