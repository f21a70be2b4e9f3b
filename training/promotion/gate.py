"""The gates: a report of the very model, by the bounds in force, not red or signed for by two."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from training.promotion.errors import PromotionRefused, SignatureRefused
from training.promotion.exception import SignedException
from training.promotion.people import Person
from training.promotion.report import ReportRead
from training.registry import REPORT_SHA256, Version
from training.report.settings import ValidationSettings

SIGNERS = 2
"""Different people who have to sign for a red check."""

_NAMED = 5


def require_own_report(report: ReportRead, model: Version) -> None:
    """Stop unless the report is of this very model, and the one that the registry knows.

    Raises
    ------
    PromotionRefused
        If the report is of another model or catalogue, or is not the one that was registered.
    """
    again = f"run `cargoworthy validate {model.version}` again"
    stated = {
        "name": (report.name, model.name),
        "version": (report.version, model.version),
        "model": (report.model_hash, model.tags.get("hash", "")),
        "catalogue": (report.catalogue_hash, model.tags.get("catalogue_hash", "")),
    }
    for what, (found, expected) in stated.items():
        if found != expected:
            raise PromotionRefused(
                f"expected a validation report of {what} {expected[:16]!r}, found one of "
                f"{found[:16]!r}; {again}"
            )
    registered = model.tags.get(REPORT_SHA256, "")
    if registered != report.sha256:
        raise PromotionRefused(
            f"the report on file has SHA-256 {report.sha256[:16]}, the registry knows "
            f"{registered[:16] or 'none'} for {model.name} version {model.version}: the file was "
            f"changed, or is of another validation; {again}"
        )


def require_configured_bounds(
    report: ReportRead, configured: ValidationSettings, path: Path
) -> None:
    """Stop a report that was made by other bounds, grades or scenarios than those in force.

    Parameters
    ----------
    report : ReportRead
    configured : ValidationSettings
        As the house's file states them.
    path : Path
        That file.

    Raises
    ------
    PromotionRefused
        If the report's settings are others; the message names the bounds that differ.
    """
    if report.settings_sha256 == configured.sha256:
        return
    differ = []
    for code, (amber, red) in sorted(report.bounds.items()):
        expected = configured.bounds.get(code)
        for name, found, bound in (
            ("amber", amber, None if expected is None else expected.amber),
            ("red", red, None if expected is None else expected.red),
        ):
            if found != bound:
                differ.append(f"{code} {name} {_bound(found)} instead of {_bound(bound)}")
    named = ", ".join(differ[:_NAMED]) + (", ..." if len(differ) > _NAMED else "")
    raise PromotionRefused(
        f"expected a report by the bounds of {path} ({configured.sha256[:16]}), found one by "
        f"{report.settings_sha256[:16]}: "
        f"{named or 'the same bounds, but other grades, scenarios, rows or simulations'}; run "
        f"`cargoworthy validate {report.version} --settings {path}`, or have that file changed "
        "where changes to it are reviewed"
    )


def require_green_or_signed(
    report: ReportRead,
    exceptions: Sequence[SignedException],
    people: Mapping[str, Person],
    today: str,
) -> None:
    """Stop a model with a red check unless two different people signed for it.

    Parameters
    ----------
    report : ReportRead
    exceptions : sequence of SignedException
    people : mapping of str to Person
        By name.
    today : str
        At the port, as 2023-01-31: nothing is signed later than that.

    Raises
    ------
    PromotionRefused
        If a check is red and fewer than two different people signed.
    SignatureRefused
        If an exception is of another model, report or set of red checks, its signature is not
        valid, or there is nothing to except.
    """
    if not report.red:
        if exceptions:
            raise SignatureRefused(
                f"the report of version {report.version} is {report.verdict}: there is nothing to "
                "except; leave --exception out"
            )
        return
    for one in exceptions:
        _require_valid(one, report, people, today)
    signers = sorted({one.statement.person for one in exceptions})
    if len(signers) < SIGNERS:
        raise PromotionRefused(
            f"version {report.version} failed {', '.join(report.red)}; mend the model and validate "
            f"it again, or let {SIGNERS} different people sign an exception with `cargoworthy "
            f"sign-exception {report.version}` and name both files with --exception (signed so "
            f"far: {', '.join(signers) or 'nobody'})"
        )


def _bound(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"


def _require_valid(
    one: SignedException, report: ReportRead, people: Mapping[str, Person], today: str
) -> None:
    said = one.statement
    again = f"sign again with `cargoworthy sign-exception {report.version}`"
    if said.model_hash != report.model_hash or said.report_sha256 != report.sha256:
        raise SignatureRefused(
            f"{said.person} signed for model {said.model_hash[:12]} by report "
            f"{said.report_sha256[:12]}, expected model {report.model_hash[:12]} by report "
            f"{report.sha256[:12]}; {again}"
        )
    if said.red != report.red:
        raise SignatureRefused(
            f"{said.person} signed for {', '.join(said.red) or 'no check'}, the report has red "
            f"{', '.join(report.red)}; {again}"
        )
    if said.day > today:
        raise SignatureRefused(f"{said.person} signed on {said.day}, but today is {today}; {again}")
    person = people.get(said.person)
    if person is None:
        raise SignatureRefused(
            f"expected a signer of the list of people ({', '.join(people) or 'which is empty'}), "
            f"found {said.person!r}; add the line that `cargoworthy people keygen` prints"
        )
    if not one.is_of(person):
        raise SignatureRefused(
            f"the signature of {said.person} does not fit what it is said to sign: it was made "
            f"with another key, or the exception was changed; {again}"
        )
