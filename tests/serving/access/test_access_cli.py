import json
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from typer.testing import CliRunner, Result

from serving.access.cli import app
from serving.access.errors import MalformedKey
from serving.access.keys import load
from serving.cli import serve
from supervision.errors import UsageError

Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app, list(words))


def test_a_client_is_added_its_secret_shown_once_and_a_token_given(call: Call) -> None:
    assert call("init").exit_code == 0
    path = Path("var/access/key.json")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = call("client", "add", "harbour-bank", "--role", "bank").stdout.strip()
    assert len(secret) >= 43
    assert call("client", "list").stdout == "harbour-bank  bank  harbour-bank  secret\n"
    token = call("token", "harbour-bank").stdout.strip()
    found = jwt.decode(token, load(path), algorithms=["ES256"])
    assert found.claims["client_id"] == "harbour-bank"
    other = call("client", "rotate", "harbour-bank").stdout.strip()
    assert other not in ("", secret)
    assert call("client", "disable", "harbour-bank").exit_code == 0
    assert call("client", "list").stdout.endswith("disabled\n")
    assert isinstance(call("token", "harbour-bank").exception, UsageError)


def test_a_client_with_its_own_key_gets_no_secret(call: Call) -> None:
    key = ECKey.generate_key("P-256")
    Path("keys.json").write_text(json.dumps(KeySet([key]).as_dict(private=False)))
    found = call("client", "add", "signer", "--role", "bank", "--jwks", "keys.json")
    assert found.exit_code == 0
    assert found.stdout == ""
    assert call("client", "list").stdout == "signer  bank  signer  keys\n"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("client", "add", "a b", "--role", "bank"), UsageError),
        (("client", "add", "", "--role", "bank"), UsageError),
        (("client", "add", "trader", "--role", "enterprise"), UsageError),
        (("client", "add", "trader", "--role", "enterprise", "--tenant", "X"), UsageError),
        (("client", "add", "someone", "--role", "officer"), UsageError),
        (("client", "add", "taken", "--role", "bank"), UsageError),
        (("client", "rotate", "nobody"), UsageError),
        (("client", "disable", "nobody"), UsageError),
        (("token", "nobody"), UsageError),
        (("token", "taken", "--key", "none.json"), MalformedKey),
        (("client", "add", "x", "--role", "bank", "--ledger", "nonsense"), UsageError),
    ],
    ids=str,
)
def test_a_wrong_call_is_told_in_one_line(
    call: Call, words: tuple[str, ...], kind: type[Exception]
) -> None:
    call("client", "add", "taken", "--role", "bank")
    found = call(*words)
    assert isinstance(found.exception, kind), found.exception
    assert "\n" not in str(found.exception)


def served(*words: str) -> Result:
    front_door = typer.Typer()
    front_door.command()(serve)
    policy = str(Path(__file__).parents[3] / "configs" / "policy" / "default.yaml")
    return CliRunner().invoke(front_door, [*words, "--policy", policy])


def test_serving_without_a_key_is_told_before_anything_starts(call: Call) -> None:
    found = served()
    assert isinstance(found.exception, MalformedKey)
    assert "access init" in str(found.exception)


def test_open_is_for_this_machine_alone(call: Call) -> None:
    found = served("--open", "--host", "192.0.2.1")
    assert isinstance(found.exception, UsageError)
    assert "--open" in str(found.exception)


def test_the_commands_load_nothing_heavy_before_they_are_called() -> None:
    code = "import sys, serving.access.cli; print(*sys.modules)"
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded.isdisjoint({"fastapi", "sqlalchemy", "joserfc", "cryptography", "numpy"})
