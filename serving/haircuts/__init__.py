"""Falls of prices, reckoned from published series for a lender's policy; never while serving."""
