"""To which group of peers one enterprise belongs."""

import numpy as np

from features.catalogue import CATALOGUE
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.facts import Facts
from features.peers.goods import main_sections, sections_of
from features.peers.group import SIZE, Group, group_of
from supervision.record import Record


def peer_group(record: Record, facts: Facts, enterprise: int, as_of: int) -> Group:
    """Group of an enterprise as of a time: of its size and of the goods it mostly trades in.

    Parameters
    ----------
    record : Record
    facts : Facts
        What was known of the enterprise then.
    enterprise : int
        Number of its name in the record.
    as_of : int
        UTC microseconds.
    """
    spine = Spine(np.array([enterprise]), np.array([as_of]))
    size = evaluate(facts, spine, (CATALOGUE.by_name[SIZE],)).values[0, 0]
    declarations = facts.tables["declaration"]
    sections = sections_of(record, declarations["hs_code"])
    return group_of(float(size), main_sections(declarations, as_of, sections).get(enterprise))
