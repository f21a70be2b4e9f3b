"""The commands, from a registered model to the champion on the shelf."""

import hashlib
import json
import re
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from typer import Typer
from typer.testing import CliRunner

from supervision.errors import UsageError
from tests.training.promotion.conftest import CONFIGURED, report_bytes, write_report
from training.config import TrainConfig
from training.experiment import Experiment
from training.inputs import Inputs
from training.model.bundle import Bundle
from training.model.dossier import read_challenger, read_dossier, read_report_file
from training.model.errors import DamagedModelError, ModelError, OtherCatalogueError
from training.model.shelf import Shelf
from training.promotion import cli
from training.promotion.dossiers import lay_challenger
from training.promotion.errors import PeopleError, PromotionRecordFailure, PromotionRefused
from training.registration import register_experiment
from training.registry import Version, servable, version
from training.report.settings import Bounds
from training.tracking import Store

# MLflow, with the libraries below it, uses what these have deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

app = Typer()
for name in ("promote", "sync", "sign_exception", "models_history", "keygen"):
    app.command(name.replace("_", "-"))(getattr(cli, name))

REASON = "the red check rests on eleven defaults"


def call(*arguments: str) -> str:
    found = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.stdout


@pytest.fixture
def registered(experiment: Experiment, inputs: Inputs, recorded: TrainConfig) -> Version:
    """A new version, which no one has promoted."""
    return register_experiment(experiment, inputs, recorded)


class Bench:
    """A folder with all that promotion reads and writes, and one model in the registry."""

    def __init__(self, folder: Path, recorded: TrainConfig, model: Version) -> None:
        self.folder = folder
        self.store = Store(recorded.tracking, recorded.artifacts)
        self.model = model
        self.shelf = Shelf(folder / "models")
        (folder / "train.yaml").write_text(yaml.safe_dump(recorded.model_dump(mode="json")))
        self.people = ("--people", str(folder / "people.yaml"))
        self.common = ("--config", str(folder / "train.yaml"), "--reports", str(folder))
        self.promotions = ("--promotions", f"sqlite:///{folder}/promotions.db")

    def validate(self, **verdicts: str) -> str:
        """What `cargoworthy validate` leaves behind, as far as promotion reads it."""
        found = write_report(self.folder, self.model, report_bytes(self.model, verdicts))
        client = self.store.client()
        client.set_model_version_tag(self.model.name, self.model.version, "report_sha256", found)
        return found

    def validate_loosely(self) -> None:
        """The same by bounds that no figure misses."""
        none = dict.fromkeys(CONFIGURED.bounds, Bounds())
        looser = CONFIGURED.model_copy(update={"bounds": none})
        content = report_bytes(self.model, {"VAL305": "green"}, looser)
        found = write_report(self.folder, self.model, content)
        client = self.store.client()
        client.set_model_version_tag(self.model.name, self.model.version, "report_sha256", found)

    def promote(self, *more: str) -> dict[str, object]:
        said = call(
            *("promote", self.model.version, "--by", "Chen Jing", "--reason", "retrained"),
            *(*self.common, *self.people, *self.promotions),
            *("--models", str(self.shelf.folder), "--key", str(self.folder / "promotion.key")),
            *("--format", "json", *more),
        )
        told: dict[str, object] = json.loads(said)
        return told

    def hire(self, *names: str) -> None:
        """Make a key for each and list them."""
        lines = [call("keygen", one, "--out", str(self.folder / f"{one}.pem")) for one in names]
        (self.folder / "people.yaml").write_text("people:\n" + "".join(lines))

    def sign(self, person: str, *, key: str = "", reason: str = REASON) -> Path:
        out = self.folder / f"{person}.json"
        pem = str(self.folder / f"{key or person}.pem")
        call(
            *("sign-exception", self.model.version, "--by", person, "--key", pem),
            *("--reason", reason, "--out", str(out), *self.common, *self.people),
        )
        return out

    def history(self) -> list[dict[str, object]]:
        told: dict[str, list[dict[str, object]]] = json.loads(
            call("models-history", *self.promotions, "--format", "json")
        )
        return told["promotions"]

    def aliases(self) -> tuple[str, ...]:
        return version(self.store.client(), self.model.name, self.model.version).aliases


@pytest.fixture
def bench(tmp_path: Path, recorded: TrainConfig, registered: Version) -> Bench:
    return Bench(tmp_path, recorded, registered)


def test_a_report_by_looser_bounds_puts_nothing_in_force(bench: Bench) -> None:
    bench.validate_loosely()
    bench.hire("Li Wei")
    with pytest.raises(PromotionRefused, match=r"VAL305 amber none instead of 0\.05"):
        bench.promote()
    with pytest.raises(PromotionRefused, match=r"VAL305 amber none instead of 0\.05"):
        bench.sign("Li Wei")
    assert bench.history() == []
    assert bench.aliases() == ("challenger",)


def test_a_validated_model_becomes_champion_on_the_shelf_and_in_the_record(bench: Bench) -> None:
    report = bench.validate(VAL001="green", VAL002="amber")
    said = bench.promote()
    assert said["hash"] == bench.model.tags["hash"]
    champion = bench.shelf.champion()
    assert (champion.name, champion.version) == ("sme-pd", bench.model.version)
    assert bench.aliases() == ("champion",)
    (row,) = bench.history()
    assert row == said["promotion"]
    expected = {
        "position": 1,
        "version": bench.model.version,
        "model_hash": bench.model.tags["hash"],
        "report_sha256": report,
        "verdict": "amber",
        "promoted_by": "Chen Jing",
        "reason": "retrained",
        "exceptions": [],
    }
    assert {key: row[key] for key in expected} == expected
    assert str(row["hash"]) in call("models-history", *bench.promotions)
    dossier = read_dossier(bench.shelf.folder, champion.hash)
    assert dossier is not None
    assert dossier.model["version"] == champion.version
    assert dossier.card is not None
    assert champion.hash in dossier.card
    assert [check["verdict"] for check in dossier.validation["checks"]] == ["green", "amber"]
    assert dossier.validation["report_sha256"] == report
    told = {key: row[key] for key in ("position", "hash", "promoted_by", "reason", "promoted_at")}
    assert dossier.promotion == {**told, "signers": []}
    assert tuple(dossier.features) == champion.features
    assert dossier.facts == champion.facts
    kept = read_report_file(bench.shelf.folder, dossier, "report.json")
    assert kept is not None
    assert hashlib.sha256(kept).hexdigest() == report


def test_who_wins_challenges_no_more(bench: Bench) -> None:
    report = bench.validate(VAL001="green")
    name, number = bench.model.name, bench.model.version
    content = (bench.folder / f"{name}-{number}" / "report.json").read_bytes()
    known = version(bench.store.client(), name, number)
    folder = bench.folder / f"{name}-{number}"
    assert lay_challenger(known, content, report, folder, bench.shelf.folder)
    challenger = read_challenger(bench.shelf.folder)
    assert challenger is not None
    assert challenger.promotion is None
    bench.promote()
    assert read_challenger(bench.shelf.folder) is None
    crowned = version(bench.store.client(), name, number)
    assert not lay_challenger(crowned, content, report, folder, bench.shelf.folder)
    kept = read_dossier(bench.shelf.folder, bench.model.tags["hash"])
    assert kept is not None
    assert kept.promotion is not None


def refuses(bench: Bench, error: type[Exception], message: str, *more: str) -> None:
    """The promotion fails, and nothing is another than before."""
    before = bench.aliases()
    with pytest.raises(error, match=message):
        bench.promote(*more)
    assert not bench.shelf.folder.exists()
    assert bench.aliases() == before
    assert bench.history() == []


def test_a_model_without_a_report_stays_where_it_is(bench: Bench) -> None:
    refuses(bench, PromotionRefused, f"run `cargoworthy validate {bench.model.version}`")


def test_red_stays_until_two_people_signed(bench: Bench) -> None:
    bench.validate(VAL001="green", VAL007="red")
    refuses(bench, PromotionRefused, "failed VAL007; .*signed so far: nobody")
    bench.hire("Li Wei", "Zhao Min")
    files = [str(bench.sign(name)) for name in ("Li Wei", "Zhao Min")]
    refuses(bench, PromotionRefused, "signed so far: Li Wei", "--exception", files[0])
    said = bench.promote("--exception", files[0], "--exception", files[1])
    assert bench.shelf.champion().version == bench.model.version
    (row,) = bench.history()
    assert row == said["promotion"]
    kept: list[dict[str, object]] = row["exceptions"]  # type: ignore[assignment]
    for one, file in zip(kept, files, strict=True):
        made = json.loads(Path(file).read_text())
        assert (one["statement"], one["signature"]) == (made["statement"], made["signature"])
        assert made["statement"]["reason"] == REASON
    assert "exception signed by Li Wei and Zhao Min" in call("models-history", *bench.promotions)


def test_a_new_validation_outdates_signatures(bench: Bench) -> None:
    bench.validate(VAL007="red")
    bench.hire("Li Wei", "Zhao Min")
    files = [
        word for one in ("Li Wei", "Zhao Min") for word in ("--exception", str(bench.sign(one)))
    ]
    bench.validate(VAL007="red", VAL008="green")
    refuses(bench, UsageError, "Li Wei signed for model .* by report", *files)


def test_a_damaged_file_is_no_exception(bench: Bench) -> None:
    bench.validate(VAL007="red")
    bench.hire("Li Wei", "Zhao Min")
    file = bench.sign("Li Wei")
    file.write_text(file.read_text().replace("eleven", "twelve"))
    refuses(bench, UsageError, "signature of Li Wei does not fit", "--exception", str(file))
    file.write_text("{}")
    refuses(bench, UsageError, "is no signed exception", "--exception", str(file))
    refuses(bench, UsageError, "no exception at none.json", "--exception", "none.json")


WRONG_SIGNATURES: dict[str, tuple[Callable[[Bench], object], type[Exception], str]] = {
    "another's key": (
        lambda bench: bench.sign("Li Wei", key="Zhao Min"),
        UsageError,
        "stands there with another public key",
    ),
    "nobody who is listed": (
        lambda bench: bench.sign("Wang Fang", key="Li Wei"),
        UsageError,
        "is not on it",
    ),
    "no key": (lambda bench: bench.sign("Li Wei", key="none"), PeopleError, "no key at"),
    "no reason": (
        lambda bench: bench.sign("Li Wei", reason=" ok "),
        UsageError,
        "--reason: expected at least 10 characters",
    ),
}


@pytest.mark.parametrize("case", WRONG_SIGNATURES)
def test_nobody_signs_with(bench: Bench, case: str) -> None:
    act, error, message = WRONG_SIGNATURES[case]
    bench.validate(VAL007="red")
    bench.hire("Li Wei", "Zhao Min")
    with pytest.raises(error, match=message):
        act(bench)
    assert not list(bench.folder.glob("*.json"))


def test_nothing_is_signed_where_nothing_is_red(bench: Bench) -> None:
    bench.validate(VAL007="amber")
    bench.hire("Li Wei", "Zhao Min")
    with pytest.raises(UsageError, match="is amber: there is nothing to except"):
        bench.sign("Li Wei")


@pytest.mark.parametrize(("by", "reason"), [(" ", "retrained"), ("x" * 65, "y"), ("Li", " ")])
def test_who_and_why_have_to_be_said(bench: Bench, by: str, reason: str) -> None:
    bench.validate(VAL001="green")
    refuses(bench, UsageError, "expected 1 to .* characters", "--by", by, "--reason", reason)


def test_a_damaged_artifact_is_not_promoted(bench: Bench) -> None:
    bench.validate(VAL001="green")
    (bench.model.folder / "model.txt").write_text("tree\nversion=v4\n")
    refuses(bench, DamagedModelError, "damaged or was changed")


def test_a_resealed_artifact_is_not_promoted(bench: Bench) -> None:
    bench.validate(VAL001="green")
    replace(Bundle.load(bench.model.folder), base_micro_points=0).write(bench.model.folder)
    refuses(bench, DamagedModelError, "it was not loaded")


def test_what_cannot_be_recorded_does_not_come_into_force(bench: Bench) -> None:
    bench.validate(VAL001="green")
    (bench.folder / "promotions.db").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(PromotionRecordFailure, match="not a database"):
        bench.promote()
    assert not bench.shelf.folder.exists()
    assert "champion" not in bench.aliases()


def test_the_same_promotion_again_heals_a_shelf_that_could_not_be_written(bench: Bench) -> None:
    bench.validate(VAL001="green")
    bench.shelf.folder.write_text("a file where the shelf should be")
    with pytest.raises(OSError, match="models"):
        bench.promote()
    bench.shelf.folder.unlink()
    bench.promote()
    assert bench.shelf.champion().hash == bench.model.tags["hash"]
    assert [row["position"] for row in bench.history()] == [1, 2]


def test_a_model_that_services_must_refuse_is_not_servable(
    registered: Version, tmp_path: Path
) -> None:
    servable(registered, registered.tags["catalogue_hash"])
    servable(registered, "f" * 64)  # whatever the services' own is: it carries its own
    for file, refusal in ((b"", UsageError), (b'{"format": 99}', OtherCatalogueError)):
        other = replace(Bundle.load(registered.folder), catalogue_file=file).write(tmp_path)
        changed = replace(registered, folder=tmp_path, tags={"hash": other.hash})
        with pytest.raises(refusal, match="expected"):
            servable(changed, "f" * 64)
        (tmp_path / "catalogue.json").unlink(missing_ok=True)
    with pytest.raises(ModelError, match="is missing"):
        servable(replace(registered, folder=Path("none")), registered.tags["catalogue_hash"])


def test_a_version_that_is_not_there_is_told(bench: Bench) -> None:
    with pytest.raises(UsageError, match=r"no version '99'; it has"):
        call("promote", "99", "--by", "x", "--reason", "y", *bench.common)


def test_a_key_pair_is_a_file_and_a_line(tmp_path: Path) -> None:
    path = tmp_path / "li.pem"
    line = call("keygen", "Li Wei", "--role", "head of risk", "--out", str(path))
    assert re.fullmatch(r"  - \{.*\}\n", line)
    told = yaml.safe_load(line)[0]
    assert (told["name"], told["role"]) == ("Li Wei", "head of risk")
    assert "PRIVATE" not in line
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(PeopleError, match="name: "):
        call("keygen", " ", "--out", str(tmp_path / "other.pem"))
    assert not (tmp_path / "other.pem").exists()


def test_an_empty_history_says_how_to_begin(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/p.db"
    assert "`cargoworthy promote VERSION`" in call("models-history", "--promotions", url)
    assert list(tmp_path.iterdir()) == []
