"""Figures as a banker reads them: amounts, percentages, points, times."""
