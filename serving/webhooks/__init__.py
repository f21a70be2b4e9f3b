"""Webhooks: a bank is told when a grade changes or an early warning is raised."""
