from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.promotion.conftest import (
    CONFIGURED,
    DAY,
    SETTINGS,
    Signers,
    report_bytes,
    write_report,
)
from training.promotion.errors import PromotionRefused, SignatureRefused
from training.promotion.exception import SignedException
from training.promotion.gate import (
    require_configured_bounds,
    require_green_or_signed,
    require_own_report,
)
from training.promotion.report import ReportRead, read_report
from training.registry import Version
from training.report.settings import Bounds

Reported = Callable[..., ReportRead]


def test_green_and_amber_pass(reported: Reported, model: Version) -> None:
    for verdicts in ({"VAL001": "green"}, {"VAL001": "amber", "VAL002": "not applicable"}):
        report = reported(**verdicts)
        require_own_report(report, model)
        require_green_or_signed(report, [], {}, DAY)


def test_no_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PromotionRefused, match=r"found none; run `cargoworthy validate 7`"):
        read_report(tmp_path, "sme-pd", "7")


def test_red_is_refused_with_its_codes(reported: Reported) -> None:
    report = reported(VAL009="red", VAL001="green", VAL004="red")
    with pytest.raises(PromotionRefused, match=r"failed VAL004, VAL009; .*signed so far: nobody"):
        require_green_or_signed(report, [], {}, DAY)


def test_two_different_people_open_the_gate(reported: Reported, signers: Signers) -> None:
    report = reported(VAL009="red", VAL001="green")
    signed = [signers.sign(report, name) for name in ("Li Wei", "Zhao Min")]
    require_green_or_signed(report, signed, signers.people, DAY)


def test_one_person_does_not_however_often(reported: Reported, signers: Signers) -> None:
    report = reported(VAL009="red")
    signed = [signers.sign(report, "Li Wei", reason=f"reason number {k}") for k in range(3)]
    with pytest.raises(PromotionRefused, match="signed so far: Li Wei"):
        require_green_or_signed(report, signed, signers.people, DAY)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"model_hash": "b" * 64}, "signed for model bbbbbbbbbbbb"),
        ({"report_sha256": "b" * 64}, "by report bbbbbbbbbbbb"),
        ({"red": ("VAL001",)}, "signed for VAL001, the report has red VAL002"),
        ({"red": ()}, "signed for no check"),
        ({"day": "2023-03-02"}, "signed on 2023-03-02, but today is 2023-03-01"),
    ],
)
def test_a_signature_for_something_else_does_not_count(
    reported: Reported, signers: Signers, other: dict[str, object], message: str
) -> None:
    report = reported(VAL002="red")
    signed = [signers.sign(report, "Li Wei"), signers.sign(report, "Zhao Min", **other)]
    with pytest.raises(SignatureRefused, match=message):
        require_green_or_signed(report, signed, signers.people, DAY)


def test_nobody_signs_for_somebody_else(reported: Reported, signers: Signers) -> None:
    report = reported(VAL002="red")
    own = signers.sign(report, "Li Wei")
    forged = signers.sign(report, "Li Wei", person="Zhao Min")
    with pytest.raises(SignatureRefused, match="signature of Zhao Min does not fit"):
        require_green_or_signed(report, [own, forged], signers.people, DAY)


def test_who_is_not_listed_does_not_count(reported: Reported, signers: Signers) -> None:
    report = reported(VAL002="red")
    signed = [signers.sign(report, name) for name in ("Li Wei", "Zhao Min")]
    listed = {"Li Wei": signers.people["Li Wei"]}
    with pytest.raises(SignatureRefused, match="found 'Zhao Min'"):
        require_green_or_signed(report, signed, listed, DAY)


@given(field=st.sampled_from(["reason", "day", "red", "person"]), digit=st.integers(0, 9))
def test_a_changed_statement_is_not_of_its_signer(signers: Signers, field: str, digit: int) -> None:
    report = ReportRead("sme-pd", "7", "a" * 64, "c" * 64, "red", ("VAL002",), "b" * 64, {}, b"{}")
    signed = signers.sign(report, "Li Wei")
    changed = {
        "reason": f"{signed.statement.reason}{digit}",
        "day": f"2022-01-0{digit}",
        "red": (*signed.statement.red, f"VAL{digit}"),
        "person": f"Li Wei{digit}",
    }
    statement = signed.statement.model_copy(update={field: changed[field]})
    forged = SignedException(statement=statement, signature=signed.signature)
    person = signers.people["Li Wei"]
    assert signed.is_of(person)
    assert not forged.is_of(person.model_copy(update={"name": statement.person}))


def test_nothing_is_excepted_where_nothing_is_red(reported: Reported, signers: Signers) -> None:
    report = reported(VAL001="amber")
    with pytest.raises(SignatureRefused, match="is amber: there is nothing to except"):
        require_green_or_signed(report, [signers.sign(report, "Li Wei")], signers.people, DAY)


@pytest.mark.parametrize("what", ["name", "version", "hash", "catalogue_hash"])
def test_a_report_of_another_model_is_refused(model: Version, tmp_path: Path, what: str) -> None:
    if what in ("name", "version"):
        other = replace(model, **{what: "8"})
    else:
        other = replace(model, tags={**model.tags, what: "b" * 64})
    content = report_bytes(other, {"VAL001": "green"})
    model.tags["report_sha256"] = write_report(tmp_path, model, content)
    with pytest.raises(PromotionRefused, match="expected a validation report of"):
        require_own_report(read_report(tmp_path, "sme-pd", "7"), model)


def test_a_report_that_the_registry_does_not_know_is_refused(
    model: Version, reported: Reported
) -> None:
    report = reported(VAL001="green")
    for known, shown in (("e" * 64, "eeeeeeeeeeeeeeee"), ("", "none")):
        model.tags["report_sha256"] = known
        with pytest.raises(PromotionRefused, match=f"the registry knows {shown}"):
            require_own_report(report, model)


def test_a_report_by_the_bounds_in_force_passes(reported: Reported) -> None:
    require_configured_bounds(reported(VAL305="green"), CONFIGURED, SETTINGS)


def test_a_report_by_looser_bounds_is_refused_and_they_are_named(
    model: Version, tmp_path: Path
) -> None:
    bounds = {
        **CONFIGURED.bounds,
        "VAL305": Bounds(amber=0.05),
        "VAL306": Bounds(amber=0.01, red=0),
    }
    looser = CONFIGURED.model_copy(update={"bounds": bounds})
    verdicts = {"VAL305": "green", "VAL306": "green", "VAL301": "green"}
    write_report(tmp_path, model, report_bytes(model, verdicts, looser))
    named = "VAL305 red none instead of 0.01, VAL306 amber 0.01 instead of 0.05, VAL306 red 0 "
    with pytest.raises(PromotionRefused, match=named) as refused:
        require_configured_bounds(read_report(tmp_path, "sme-pd", "7"), CONFIGURED, SETTINGS)
    for said in (CONFIGURED.sha256[:16], looser.sha256[:16], "validation.yaml"):
        assert said in str(refused.value)


def test_a_report_by_other_grades_is_refused_too(model: Version, tmp_path: Path) -> None:
    other = CONFIGURED.model_copy(update={"approve_up_to": 0.2})
    write_report(tmp_path, model, report_bytes(model, {"VAL305": "green"}, other))
    with pytest.raises(PromotionRefused, match="the same bounds, but other grades"):
        require_configured_bounds(read_report(tmp_path, "sme-pd", "7"), CONFIGURED, SETTINGS)


def test_a_verdict_better_than_its_checks_is_refused(model: Version, tmp_path: Path) -> None:
    content = report_bytes(model, {"VAL001": "red"})
    told = content.replace(b'"verdict": "red"}\n', b"").replace(
        b'], "verdict": "red"', b'], "verdict": "green"'
    )
    assert told != content
    write_report(tmp_path, model, told)
    with pytest.raises(PromotionRefused, match="says green, but the worst of its checks is red"):
        read_report(tmp_path, "sme-pd", "7")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "no validation report of format 1"),
        (b"[]", "no validation report of format 1"),
        (b'{"format": 2}', "no validation report of format 1"),
    ],
)
def test_what_is_no_report_is_refused(
    model: Version, tmp_path: Path, content: bytes, message: str
) -> None:
    write_report(tmp_path, model, content)
    with pytest.raises(PromotionRefused, match=message):
        read_report(tmp_path, "sme-pd", "7")


def test_a_report_that_judges_nothing_is_refused(model: Version, tmp_path: Path) -> None:
    for verdicts in ({}, {"VAL001": "not applicable"}):
        write_report(tmp_path, model, report_bytes(model, verdicts))
        with pytest.raises(PromotionRefused, match="nothing was validated"):
            read_report(tmp_path, "sme-pd", "7")


def test_every_set_of_verdicts_passes_exactly_without_red(reported: Reported) -> None:
    verdicts = ("not applicable", "green", "amber", "red")
    for one, two in product(verdicts, verdicts):
        if (one, two) == ("not applicable", "not applicable"):
            continue
        report = reported(VAL001=one, VAL002=two)
        if "red" in (one, two):
            with pytest.raises(PromotionRefused):
                require_green_or_signed(report, [], {}, DAY)
        else:
            require_green_or_signed(report, [], {}, DAY)
