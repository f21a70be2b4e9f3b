"""The model in force, as those who rely on its scores ask about it."""
