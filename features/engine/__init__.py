"""The engine: from recipes and facts to numbers, for one point or for a million."""
