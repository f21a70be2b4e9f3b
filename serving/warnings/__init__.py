"""Early warnings and their handling, from raised to closed."""
