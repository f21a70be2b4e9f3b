"""Sections of the validation report, each a question with its checks, figures and plots."""
