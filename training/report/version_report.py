"""The report of a version in the registry: its evidence, and where the report is kept."""

from pathlib import Path

from features.catalogue import CATALOGUE
from training.experiment import Tell
from training.model.bundle import Bundle
from training.registry import CHAMPION, Version, keep_report, versions
from training.report.document import Report
from training.report.evidence import Evidence
from training.report.folder import Written, write
from training.report.port_evidence import gather, run_config
from training.report.settings import ValidationSettings
from training.report.table_evidence import gather_table
from training.report.validation import validate
from training.table_experiment import learn_table
from training.table_run import FILE, TableRun
from training.tracking import Store


def evidence_of(
    found: Version,
    store: Store,
    settings: ValidationSettings,
    tell: Tell,
    table: Path | None = None,
) -> Evidence:
    """What a version is judged by, after its training was done again.

    Parameters
    ----------
    found : Version
        Trained on the port's record, or on a table of a bank's own.
    store : Store
        Of the registry.
    settings : ValidationSettings
    tell : Tell
    table : Path, optional
        Where the table lies now, if it was moved.

    Raises
    ------
    TrainingError
        If the data are not those of the training, or are not there.
    """
    bundle = bundle_of(found)
    if (found.folder.parent / FILE).is_file():
        return _of_table(found, bundle, settings, tell, table)
    known = versions(store.client(), found.name)
    in_force = next((one for one in known if CHAMPION in one.aliases), None)
    return gather(
        bundle,
        run_config(found.folder),
        settings,
        CATALOGUE,
        tell,
        champion=None if in_force is None else bundle_of(in_force),
    )


def finish(
    evidence: Evidence, found: Version, store: Store, out: Path, tell: Tell
) -> tuple[Report, Written]:
    """Ask everything, write the report under a folder, and keep it in the version's run."""
    report = validate(evidence, tell)
    tell("write the report")
    written = write(report, out)
    keep_report(store.client(), found, written.folder, written.sha256, report.verdict)
    return report, written


def bundle_of(found: Version) -> Bundle:
    """The bundle of a version, checked to be what was registered."""
    return Bundle.load(found.folder, version=found.version, expected=found.tags.get("hash", ""))


def _of_table(
    found: Version, bundle: Bundle, settings: ValidationSettings, tell: Tell, path: Path | None
) -> Evidence:
    run = TableRun.read(found.folder.parent / FILE)
    tell("read the table")
    table = run.read_table(path)
    learnt = learn_table(table, found.name, tell, run.seed, run.settings, run.checks)
    return gather_table(bundle, run, table, learnt, settings, tell)
