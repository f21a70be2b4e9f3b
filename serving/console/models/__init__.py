"""The models' page: champion and challenger, drift, outcomes, promotions, validation reports."""
