"""Tuning: settings of the booster, searched for on the training rows alone."""
