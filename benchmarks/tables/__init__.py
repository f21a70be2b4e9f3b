"""Ours beside four other learners, on tables that anybody can get."""
