"""The portrait: who an enterprise is, what it trades and with whom, beside its peers."""
