"""What is asked, of which record, and who asks: made once in the benchmark's folder."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from benchmarks.serving.large_model import lay
from serving.access.clients import Clients
from serving.access.consents import Consent, Consents, Matter, Purpose, new_consent_id, prepare
from serving.access.keys import create, load
from serving.access.roles import Role
from serving.access.settings import AUDIENCE, ISSUER
from serving.access.store import Store
from serving.access.tokens import Issuer
from serving.ledger import Ledger
from serving.state import wall_clock
from supervision.errors import CargoworthyError
from supervision.names import texts_of
from supervision.record import Record
from training.model.bundle import MODEL, Bundle
from training.model.shelf import CHAMPION, Shelf

BANK, OPERATOR = "bench-bank", "bench-operator"
AS_OF = "2023-01-01"
ENTERPRISES = 200
_DAY = 86_400_000_000
_SECOND = 1_000_000
_MESSAGES = (500, 6_000)
"""Enterprises of about so many declarations, custody messages and sales are asked for."""


@dataclass(frozen=True)
class Ground:
    """The folder of the benchmark, and that of the demonstration on which it stands.

    Attributes
    ----------
    folder : Path
        All that is written.
    source : Path
        ``var`` of a finished ``make demo SERVE=0``; only read.
    large : bool
        Whether a model of 400 trees of 31 leaves answers, not the demonstration's own.
    """

    folder: Path
    source: Path
    large: bool = False

    @property
    def record(self) -> str:
        """URL of the demonstration's record."""
        return f"sqlite:///{self.source / 'record.db'}"

    @property
    def models(self) -> Path:
        """Where the champion lies."""
        return self.folder / "models-large" if self.large else self.source / "models"

    @property
    def promotion_key(self) -> Path:
        """The public key of the demonstration's promotions; nobody seals the large model."""
        return self.folder / "no-key" if self.large else self.source / "keys" / "promotion.pub"

    @property
    def key(self) -> Path:
        """The issuer's key."""
        return self.folder / "key.json"

    @property
    def requests(self) -> Path:
        """Bodies of calls for scores, one a line."""
        return self.folder / "requests.jsonl"

    def rows(self, form: str) -> Path:
        """Bodies of calls for predictions, one a line, in the form of a rival."""
        return self.folder / f"rows-{form}.jsonl"

    @property
    def mlflow_model(self) -> Path:
        """The champion's trees as MLflow serves them."""
        return self.folder / ("mlflow-model-large" if self.large else "mlflow-model")

    def champion(self) -> Bundle:
        """The model in force."""
        shelf = Shelf(self.models)
        return shelf.champion(shelf.stated())

    @property
    def trees(self) -> Path:
        """The champion's trees, LightGBM's text."""
        return self.models / Shelf(self.models).stated().folder / MODEL


def prepare_ground(ground: Ground) -> None:
    """Write the requests and the key.

    Raises
    ------
    CargoworthyError
        If there is no demonstration to stand on.
    """
    if not (ground.source / "models" / CHAMPION).exists():
        raise CargoworthyError(
            f"expected a demonstration in {ground.source}, found no champion; "
            "run `make demo SERVE=0` first, or name another with --source"
        )
    ground.folder.mkdir(parents=True, exist_ok=True)
    if not ground.key.exists():
        create(ground.key)
    with Record.open(ground.record).engine.connect() as connection:
        codes = _enterprises(connection)
    _write(ground.requests, [{"enterprise_id": code} for code in codes])
    if ground.large:
        features = ground.source / "features" / "features.parquet"
        lay(replace(ground, large=False).champion(), features, ground.models)
    bundle = ground.champion()
    # JSON has no NaN; what a value is changes nothing about the time of a prediction.
    rows = np.nan_to_num(bundle.golden.values).tolist()
    columns = list(bundle.features)
    _write(
        ground.rows("mlflow"),
        [{"dataframe_split": {"columns": columns, "data": [row]}} for row in rows],
    )
    _write(ground.rows("bentoml"), [{"rows": [row]} for row in rows])


def enrol(ground: Ground, ledger: str) -> None:
    """Register bank and operator in a ledger, with the consent of all that are asked for."""
    Ledger.open(ledger).close()
    store = Store(ledger, (prepare,))
    clients, consents, now = Clients(store), Consents(store), wall_clock()
    if clients.active(BANK) is None:
        clients.add(BANK, Role.BANK, None, now)
        clients.add(OPERATOR, Role.ADMINISTRATOR, None, now)
        for line in ground.requests.read_text().splitlines():
            code = json.loads(line)["enterprise_id"]
            matters = (Matter.SCORES, Matter.PROFILES)
            until = now + 3_650 * _DAY
            given = Consent(new_consent_id(), code, BANK, matters, Purpose.CREDIT, now, until, None)
            consents.grant(given, BANK)
    store.close()


def token(ground: Ground, ledger: str, name: str = BANK) -> str:
    """A token of the bank's or the operator's, good for ten minutes."""
    store = Store(ledger, (prepare,))
    client = Clients(store).active(name)
    store.close()
    if client is None:
        raise CargoworthyError(f"expected the client {name} in {ledger!r:.80}, found none")
    issuer = Issuer(ISSUER, AUDIENCE, load(ground.key))
    return issuer.issue(client, client.scopes, wall_clock() // _SECOND)


def _enterprises(connection: sa.Connection) -> list[str]:
    """Codes of enterprises with an ordinary number of messages, evenly drawn."""
    counted = " UNION ALL ".join(
        f"SELECT enterprise_id AS e FROM {stream}" for stream in ("declaration", "custody", "title")
    )
    sql = (
        f"SELECT e FROM ({counted}) AS every WHERE e IS NOT NULL "
        f"GROUP BY e HAVING COUNT(*) BETWEEN {_MESSAGES[0]} AND {_MESSAGES[1]} ORDER BY e"
    )
    numbers = [number for (number,) in connection.exec_driver_sql(sql)]
    chosen = numbers[:: max(1, len(numbers) // ENTERPRISES)][:ENTERPRISES]
    texts = texts_of(connection, chosen)
    return [texts[number] for number in chosen]


def _write(path: Path, bodies: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(body) + "\n" for body in bodies), encoding="utf-8")
