"""The truth's files: what stands in them, in every world, even one in which nothing happened."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from simulator.books import Account
from simulator.futures import Sample
from simulator.goods import GOODS
from simulator.simulation import Summary, settled, simulate
from simulator.truth import Truth
from simulator.world import Dirt, World

SCHEMAS = {
    "arrivals": {"days_late": "int64", "lots": "int64"},
    "defaults": {"enterprise_id": "string", "at": "int64", "kind": "string", "financed": "bool"},
    "enterprises": {
        "enterprise": "int64", "enterprise_id": "string", "skill": "double", "honesty": "double",
        "care": "double", "prudence": "double", "start_day": "int64", "turnover": "int64",
        "equity": "int64", "core_rating": "int64", "largest_customer": "string",
    },
    "frauds": {
        "pattern": "string", "scheme": "int64", "role": "string", "enterprise_id": "string",
        "party": "string", "cargo_code": "string", "first_at": "int64", "last_at": "int64",
        "amount": "int64",
    },
    "insolvencies": {"enterprise_id": "string", "at": "int64"},
    "losses": {
        "facility": "int64", "lender": "string", "enterprise_id": "string", "at": "int64",
        "exposure": "int64", "recovered": "int64", "recovered_at": "int64", "pledged": "bool",
        "static": "bool", "controlled": "bool", "ended_at": "int64", "resolution": "string",
        "lgd": "double",
    },
    "months": {
        "enterprise": "int64", "as_of": "int64", "trading": "bool", "health": "double",
        "distress": "double", "cash": "int64", "net_worth": "int64", "receivable": "int64",
        "payable": "int64", "debt": "int64", "stock": "int64", "overdue_days": "int64",
        "loan_overdue_days": "int64",
        **{f"from_{account.name.lower()}": "int64" for account in Account},
    },
    "outages": {"provider_id": "string", "first_at": "int64", "last_at": "int64"},
    "partners": {
        "party": "string", "kind": "string", "hs_code": "string", "turnover": "int64",
        "failed_at": "int64",
    },
    "providers": {
        "provider_id": "string", "lateness": "string", "carelessness": "double",
        "honesty": "double",
    },
    "violations": {"enterprise_id": "string", "at": "int64", "cargo_code": "string"},
}  # fmt: skip
