"""The validation: from a version's evidence to a report."""

from collections.abc import Callable

from training.report.document import Report
from training.report.evidence import Evidence, Tell
from training.report.section import Section
from training.report.sections.calibration import calibration_section
from training.report.sections.discrimination import discrimination_section
from training.report.sections.grades import grades_section
from training.report.sections.model import model_section
from training.report.sections.rule import rule_section
from training.report.sections.segments import segments_section
from training.report.sections.sizes import sizes_section
from training.report.sections.stability import stability_section
from training.report.sections.stress import stress_section

_STEPS: tuple[tuple[str, Callable[[Evidence], Section]], ...] = (
    ("check the model itself", model_section),
    ("measure its discrimination", discrimination_section),
    ("test its calibration", calibration_section),
    ("look at its grades", grades_section),
    ("compare now with development", stability_section),
    ("go through the segments", segments_section),
    ("put it under stress", stress_section),
    ("set it against today's rule", rule_section),
    ("try the tests themselves", sizes_section),
)


def validate(evidence: Evidence, tell: Tell) -> Report:
    """Ask everything of the evidence."""
    sections = []
    for name, section in _STEPS:
        tell(name)
        sections.append(section(evidence))
    return Report(evidence, tuple(sections))
