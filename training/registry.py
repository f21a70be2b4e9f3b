"""The registry: versions of a model in MLflow, which of them is champion, which challenger.

A version's source is the bundle in its run's artifacts: LightGBM's text and JSON, no pickle and
no MLflow flavour, so nothing in it can run code. A new version becomes the challenger; promoting
makes it the champion and lays it on the shelf from which services read.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlparse

from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from supervision.errors import UsageError
from training.model.bundle import Bundle
from training.model.errors import ModelError
from training.model.shelf import Champion, Shelf
from training.model.verification import verify_apart
from training.tracking import RunReference

CHAMPION = "champion"
CHALLENGER = "challenger"
VALIDATION = "validation"
"""Artifact folder of a run that holds the version's validation report."""
REPORT_SHA256, REPORT_VERDICT = "report_sha256", "report_verdict"
SEQUENCE, SIGNATURE = "promotion", "seal"
"""Tags of a version."""
MODELS = Path("var/models")
"""The shelf."""


@dataclass(frozen=True)
class Version:
    """A version of a model.

    Attributes
    ----------
    name, version : str
    aliases : tuple of str
    created_at : int
        UTC microseconds.
    run_id : str
    folder : Path
        Of its bundle, where the store is on this machine.
    tags : dict of str to str
        Hash of the model and of the catalogue, and the figures out of time.
    source : str
        Address of its bundle in MLflow's store.
    """

    name: str
    version: str
    aliases: tuple[str, ...]
    created_at: int
    run_id: str
    folder: Path
    tags: dict[str, str]
    source: str = ""


def register(
    client: MlflowClient, name: str, bundle: Bundle, run: RunReference, figures: dict[str, float]
) -> Version:
    """Register the bundle of a run as a new version, which becomes the challenger.

    Parameters
    ----------
    client : MlflowClient
    name : str
    bundle : Bundle
        As it was written to the run, with its hash.
    run : RunReference
    figures : dict of str to float
        Shown in the list of versions.
    """
    if not _exists(client, name):
        client.create_registered_model(name)
    tags = {"hash": bundle.hash, "catalogue_hash": bundle.catalogue_hash}
    tags |= {key: f"{value:.6f}" for key, value in figures.items()}
    made = client.create_model_version(name, source=run.bundle_uri, run_id=run.run_id, tags=tags)
    client.set_registered_model_alias(name, CHALLENGER, str(made.version))
    return version(client, name, str(made.version))


def versions(client: MlflowClient, name: str) -> list[Version]:
    """All versions of a model, newest first; none if the model is not known."""
    if not _exists(client, name):
        return []
    aliases = _aliases(client, name)
    found = client.search_model_versions(f"name = '{name}'", max_results=1000)
    made = [_version(one, aliases) for one in found]
    return sorted(made, key=lambda one: -int(one.version))


def version(client: MlflowClient, name: str, wanted: str) -> Version:
    """One version, by its number or an alias.

    Raises
    ------
    UsageError
        If there is none.
    """
    known = {one.version: one for one in versions(client, name)}
    by_alias = {alias: one for one in known.values() for alias in one.aliases}
    found = known.get(wanted) or by_alias.get(wanted)
    if found is None:
        shown = ", ".join([*known, *by_alias][:10]) or "none: train one with `cargoworthy train`"
        raise UsageError(f"model {name} has no version {wanted!r:.40}; it has {shown}")
    return found


def servable(chosen: Version, catalogue_hash: str) -> None:
    """Stop unless services would take a version.

    Parameters
    ----------
    chosen : Version
    catalogue_hash : str
        Of the features with which services score.

    Raises
    ------
    UsageError
        If it was trained on another catalogue and does not carry it.
    ModelError
        If its bundle is damaged, is not what was registered, or carries a catalogue that cannot be
        reckoned here.
    """
    bundle = Bundle.load(chosen.folder, expected=chosen.tags.get("hash", ""))
    if bundle.catalogue_file:
        _ = bundle.catalogue  # or services cannot reckon its features
    elif bundle.catalogue_hash != catalogue_hash:
        raise UsageError(
            f"expected a model of the feature catalogue {catalogue_hash[:16]}, found {chosen.name} "
            f"version {chosen.version} of {bundle.catalogue_hash[:16] or 'a table of its own'}: "
            "services would refuse it; build the features and train again, then promote that one"
        )


def keep_report(
    client: MlflowClient, found: Version, folder: Path, sha256: str, verdict: str
) -> None:
    """Log a validation report to a version's run, and tag the version with its hash.

    Parameters
    ----------
    client : MlflowClient
    found : Version
    folder : Path
        Of the report; its files go to the run's ``validation/``.
    sha256 : str
        Of ``report.json``.
    verdict : str
    """
    client.log_artifacts(found.run_id, str(folder), VALIDATION)
    client.set_model_version_tag(found.name, found.version, REPORT_SHA256, sha256)
    client.set_model_version_tag(found.name, found.version, REPORT_VERDICT, verdict)


def put_in_force(
    client: MlflowClient,
    chosen: Version,
    models: Path = MODELS,
    seal: Callable[[Champion], Champion] = lambda champion: champion,
) -> Champion:
    """Lay a version on the shelf and make it the champion, whatever its report says.

    Only a promotion that passed the gates calls this; see ``training/promotion/``. The bundle is
    published before the registry's alias is set: services read the shelf, and where setting the
    alias fails, the same promotion again sets it. The seal is kept with the version, so that
    ``cargoworthy sync`` can lay the same champion on other machines.

    Raises
    ------
    ModelError
        If the bundle is damaged, or is not what was registered; nothing changes then.
    """
    stated = chosen.tags.get("hash", "")
    champion = Shelf(models).publish(
        chosen.folder, chosen.name, chosen.version, expected=stated, seal=seal
    )
    client.set_model_version_tag(chosen.name, chosen.version, SEQUENCE, str(champion.sequence))
    client.set_model_version_tag(chosen.name, chosen.version, SIGNATURE, champion.signature)
    client.set_registered_model_alias(chosen.name, CHAMPION, chosen.version)
    if CHALLENGER in chosen.aliases:
        client.delete_registered_model_alias(chosen.name, CHALLENGER)
    return champion


def lay(chosen: Version, models: Path, require: Callable[[Champion], None]) -> Champion | None:
    """Lay the champion of the registry on a shelf, with the seal of its promotion.

    Parameters
    ----------
    chosen : Version
        That has the alias.
    models : Path
        The shelf.
    require : callable
        Refuses a champion that is not sealed.

    Returns
    -------
    Champion or None
        None where it stands there already.

    Raises
    ------
    ModelError
        If the bundle is damaged, is not what was registered or has no seal; nothing changes then.
    """
    tags = chosen.tags
    sequence, signature = int(tags.get(SEQUENCE) or 0), tags.get(SIGNATURE, "")
    champion = Champion(
        chosen.name, chosen.version, tags["hash"], tags["hash"], sequence, signature
    )
    require(champion)
    shelf = Shelf(models)
    try:
        if shelf.stated() == champion:
            shelf.intact(champion)
            return None
    except ModelError:
        pass  # nothing was laid yet, or it was damaged since
    with TemporaryDirectory() as scratch:
        # In full, as the registry's address has it: the store may be another machine.
        try:
            folder = Path(download_artifacts(artifact_uri=chosen.source, dst_path=scratch))
        except (MlflowException, OSError) as fault:
            raise ModelError(
                f"expected the bundle of {chosen.name} {chosen.version} at {chosen.source!s:.200}, "
                f"found {fault!s:.200}; the shelf stays as it is"
            ) from fault
        verify_apart(folder, champion.hash)
        return shelf.publish(
            folder,
            chosen.name,
            chosen.version,
            expected=champion.hash,
            seal=lambda one: replace(one, sequence=sequence, signature=signature),
        )


def _exists(client: MlflowClient, name: str) -> bool:
    try:
        client.get_registered_model(name)
    except MlflowException as fault:
        if fault.error_code == "RESOURCE_DOES_NOT_EXIST":
            return False
        raise
    return True


def _aliases(client: MlflowClient, name: str) -> dict[str, tuple[str, ...]]:
    stated = client.get_registered_model(name).aliases
    found: dict[str, list[str]] = {}
    for alias, number in stated.items():
        found.setdefault(str(number), []).append(alias)
    return {number: tuple(sorted(names)) for number, names in found.items()}


def _version(one: ModelVersion, aliases: dict[str, tuple[str, ...]]) -> Version:
    return Version(
        name=one.name,
        version=str(one.version),
        aliases=aliases.get(str(one.version), ()),
        created_at=one.creation_timestamp * 1000,
        run_id=one.run_id or "",
        folder=Path(unquote(urlparse(one.source).path)),
        tags=dict(one.tags),
        source=one.source or "",
    )
