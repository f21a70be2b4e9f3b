"""Scores: what is asked, what is answered, and how an answer comes about."""
