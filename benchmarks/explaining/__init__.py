"""What an exact explanation costs: our kernel against LightGBM's own."""
