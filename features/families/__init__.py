"""The catalogue's families, one file each."""
