import logging

import pytest
from fastapi import FastAPI

from serving.access.masking import masked
from serving.app import create_app
from serving.settings import Settings
from supervision.credit_code import with_check_character
from tests.serving.conftest import STRONG, served

SOLE = with_check_character("92350211MA3100001")


@pytest.mark.parametrize("text", [STRONG, "92", "x" + SOLE, SOLE + "0", SOLE.lower()])
def test_nothing_else_is_touched(text: str) -> None:
    assert masked(text) == text


def test_a_sole_traders_code_never_stands_in_a_log(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    app: FastAPI = create_app(settings)

    @app.get("/broken/{who}")
    def broken(who: str) -> None:
        raise RuntimeError

    with served(app) as client:
        assert client.get(f"/broken/{SOLE}").status_code == 500
        assert client.get(f"/broken/{STRONG}").status_code == 500
    said = [record.getMessage() for record in caplog.records]
    assert not any(SOLE in line for line in said)
    assert any(f"92************{SOLE[-4:]}" in line for line in said)
    assert any(STRONG in line for line in said)
    assert all(record.name != "cargoworthy.serving" or not record.args for record in caplog.records)
    assert logging.getLogger("cargoworthy.serving").filters
