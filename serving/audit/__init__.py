"""The audit log: what was answered to whom, chained by hash, and looked at."""
