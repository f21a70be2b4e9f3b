"""What concerns one enterprise, packed to be read in one piece, and what came since."""
