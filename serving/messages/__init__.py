"""Messages of providers, taken into the record as they come."""
