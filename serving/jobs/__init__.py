"""Jobs: portfolios that are handed in as a file, scored in the background, and fetched."""
