"""Validation: the tests that supervisors ask of a PD model, as pure functions of figures."""
