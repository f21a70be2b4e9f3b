"""The price series and the rates of exchange that are carried here."""

from pathlib import Path

DATA = Path(__file__).parent / "data"
PRICES = DATA / "pink_sheet_monthly.csv"
RATES = DATA / "cny_per_usd.csv"
