from benchmarks.limits import tally
from features.online import FactsReader
from serving.policy import Policy
from supervision.record import Record
from tests.serving.conftest import AS_OF, POLICY, STRONG, WEAK, World


def test_what_is_eligible_and_what_is_not_add_up_to_the_stock(world: World) -> None:
    record = Record.open(world.database)
    numbers = [*record.number_of([STRONG, WEAK]).values(), 10**9]
    found = tally(FactsReader(record), numbers, AS_OF, Policy.load(POLICY), rounds=1)
    record.close()
    assert found.enterprises == 2
    assert found.value == found.eligible + sum(found.unfit.values()) > 0
    assert found.lent < found.eligible
    assert {len(times) for times in found.milliseconds.values()} == {2}
    text = "\n".join(found.lines())
    assert text.startswith("2 enterprises")
    assert "unconfirmed" in text
