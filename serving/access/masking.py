"""What of a sole trader may stand in a log: its credit code is a person's, so not all of it."""

import logging
import re

_SOLE_TRADER = re.compile(r"\b(92)[0-9A-Z]{12}([0-9A-Z]{4})\b")
"""Codes of sole traders (个体工商户) begin with 92 (GB 32100)."""


def masked(text: str) -> str:
    """Hide the credit codes of sole traders in a text, but for their last four characters.

    Examples
    --------
    >>> masked("GET /v1/enterprises/92350211MA31009013/profile")
    'GET /v1/enterprises/92************9013/profile'
    """
    return _SOLE_TRADER.sub(r"\1************\2", text)


class Masking(logging.Filter):
    """Masks every line of the logger that it is added to."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let a line pass, masked."""
        record.msg, record.args = masked(record.getMessage()), ()
        return True
