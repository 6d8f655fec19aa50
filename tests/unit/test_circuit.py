"""An upstream that fails is left alone for a while, by all workers."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.tables import Clock
from tokstack.errors import Code
from tokstack.providers.circuit import FAILURES, FIRST_REST, LONGEST_REST, PROBE, Circuits, State
from tokstack.table import Table

MOMENT = 0.01  # more than nothing


def fail(circuits: Circuits, times: int = FAILURES) -> None:
    for _ in range(times):
        circuits.failed("page", Code.UPSTREAM_CHALLENGE)


def test_it_opens_at_the_fifth_failure_in_a_row(table: Table, clock: Clock) -> None:
    circuits = Circuits(table)
    fail(circuits, FAILURES - 1)
    assert circuits.allows("page")
    fail(circuits, 1)
    assert not circuits.allows("page")
    assert circuits.allows("player")
    state = circuits.state("page")
    assert (state.failures, state.circuit(clock.now)) == (FAILURES, "open")
    assert (state.last_error, state.last_error_at) == ("upstream_challenge", clock.now)


def test_a_success_ends_the_row(table: Table) -> None:
    circuits = Circuits(table)
    fail(circuits, FAILURES - 1)
    circuits.succeeded("page")
    fail(circuits, FAILURES - 1)
    assert circuits.allows("page")


def test_other_workers_know_within_a_second(table: Table, clock: Clock) -> None:
    one, other = Circuits(table), Circuits(table)
    assert other.allows("page")
    fail(one)
    clock.now += 1
    assert not other.allows("page")


def test_after_the_rest_one_worker_tries(table: Table, clock: Clock) -> None:
    fail(Circuits(table))
    clock.now += FIRST_REST
    workers = [Circuits(table) for _ in range(16)]
    barrier = Barrier(len(workers))

    def ask(worker: Circuits) -> bool:
        barrier.wait()
        return worker.allows("page")

    with ThreadPoolExecutor(len(workers)) as threads:
        assert sum(threads.map(ask, workers)) == 1


def test_a_probe_that_is_never_heard_of_again_is_followed_by_another(table: Table, clock: Clock) -> None:
    circuits = Circuits(table)
    fail(circuits)
    clock.now += FIRST_REST
    assert circuits.allows("page")
    assert not circuits.allows("page")
    clock.now += PROBE
    assert circuits.allows("page")


def test_the_probes_success_closes_it(table: Table, clock: Clock) -> None:
    circuits = Circuits(table)
    fail(circuits)
    clock.now += FIRST_REST
    assert circuits.allows("page")
    circuits.succeeded("page")
    assert circuits.allows("page")
    assert circuits.state("page").circuit(clock.now) == "closed"


def test_each_failed_probe_doubles_the_rest(table: Table, clock: Clock) -> None:
    circuits = Circuits(table)
    fail(circuits)
    rests = []
    for _ in range(8):
        rest = (circuits.state("page").rest_until or 0) - clock.now
        rests.append(rest)
        clock.now += rest - MOMENT
        assert not circuits.allows("page")
        clock.now += MOMENT + MOMENT
        assert circuits.allows("page")
        fail(circuits, 1)
        clock.now += 1
    assert [round(rest) for rest in rests] == [5, 9, 19, 39, 79, 159, 299, 299]  # a second passed since each failure
    assert round(rests[0]) == FIRST_REST
    assert max(rests) <= LONGEST_REST


def test_failures_that_were_under_way_do_not_prolong_the_rest(table: Table) -> None:
    circuits = Circuits(table)
    fail(circuits)
    rest_until = circuits.state("page").rest_until
    fail(circuits, 20)
    assert circuits.state("page").rest_until == rest_until


def test_many_who_fail_at_once_open_it_once(table: Table) -> None:
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda _: fail(Circuits(table), 2), range(16)))
    state = Circuits(table).state("page")
    assert (state.failures, state.openings) == (32, 1)


def test_the_owner_switches_it_off_and_on(table: Table, clock: Clock) -> None:
    circuits = Circuits(table)
    circuits.switch("page", enabled=False)
    clock.now += 2 * LONGEST_REST
    assert not circuits.allows("page")
    circuits.succeeded("page")
    assert not circuits.allows("page")
    circuits.switch("page", enabled=True)
    assert circuits.allows("page")


def test_switching_on_forgets_the_failures(table: Table) -> None:
    circuits = Circuits(table)
    fail(circuits)
    assert circuits.switch("page", enabled=True).failures == 0
    assert circuits.allows("page")


def test_an_upstream_of_which_nothing_is_known_is_asked(table: Table, clock: Clock) -> None:
    assert Circuits(table).state("page") == State()
    assert State(rest_until=clock.now).circuit(clock.now) == "half-open"
