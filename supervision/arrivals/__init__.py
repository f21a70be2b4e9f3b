"""When messages of each provider and stream came, counted by day: once, then only what is new."""
