"""Warnings and their handling (预警处置闭环): the list, and a page each."""
