"""What correcting for selection is worth, measured against the defaults of everybody."""
