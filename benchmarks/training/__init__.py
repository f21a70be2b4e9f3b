"""Our training against bare LightGBM on the same matrix."""
