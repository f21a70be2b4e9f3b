"""All kinds of charts, as templates find them."""

from serving.console.charts.bars import bar, bars
from serving.console.charts.histogram import histogram
from serving.console.charts.quartiles import quartiles
from serving.console.charts.sparkline import sparkline
from serving.console.charts.step import step

CHARTS = {
    "bar": bar,
    "bars": bars,
    "histogram": histogram,
    "quartiles": quartiles,
    "sparkline": sparkline,
    "step": step,
}
"""What templates find under ``chart``."""
