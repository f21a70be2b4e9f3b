"""Selection: labels exist only for those whom banks financed, and what can be done about it."""
