"""From what is asked to a machine that is at it, or to the job that serves already."""

from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_s3 import S3Client

from tests import buckets
from tests.exchanges import ENVIRONMENT
from tests.jobs import AWAY, DELETED, PLAN, RESULT, World, conversion, job, outcomes
from tests.tables import Clock
from tokstack.accounts import credits
from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.jobs import start, store
from tokstack.jobs.job import Status
from tokstack.jobs.start import Started, Starter
from tokstack.media.storage import Storage
from tokstack.table import Table

WORK = conversion()


@pytest.fixture(scope="module")
def s3(dynamodb: DynamoDBClient) -> S3Client:
    """In the cloud that `dynamodb` opened."""
    return buckets.client()


@pytest.fixture
def world(table: Table, s3: S3Client) -> World:
    for account in ("acme", "other"):
        credits.grant(table, account, 10)
    return World(table, Storage(s3, buckets.emptied(s3)))


def begin(world: World, account: str = "acme") -> Started:
    return world.starter.start(WORK, account, 2)


def succeed(world: World, started: Started) -> None:
    world.store(WORK.result_key)
    store.succeed(world.table, started.job, RESULT)


def test_what_is_new_is_begun_and_charged(world: World) -> None:
    started = begin(world)
    assert (started.new, started.charged, started.job.attempt) == (True, 2, 1)
    assert started.job == store.find(world.table, started.job.id)
    assert started.job.accounts == {started.job.payer} == {"acme"}
    assert world.launched == [started.job.id]
    assert outcomes(world.table) == ["pending"]


def test_whoever_pays_nothing_is_nobody(world: World) -> None:
    started = begin(world, "")
    assert (started.new, started.charged, started.job.accounts, started.job.credits) == (True, 0, frozenset(), 0)


def test_too_few_credits_begin_nothing(world: World) -> None:
    with pytest.raises(TokstackError) as caught:
        begin(world, "poor")
    assert caught.value.code is Code.INSUFFICIENT_CREDITS
    assert world.launched == []
    assert store.latest(world.table, WORK) is None


@pytest.mark.parametrize("running", [True, False])
def test_a_job_that_is_at_it_is_joined_for_nothing(world: World, *, running: bool) -> None:
    first = begin(world)
    if running:
        store.begin(world.table, first.job, PLAN)
    joined = begin(world, "other")
    assert (joined.new, joined.charged, joined.job.id) == (False, 0, first.job.id)
    assert joined.job.accounts == {"acme", "other"}
    assert set(world.launched) == {first.job.id}
    assert outcomes(world.table, "other") == []


def test_a_stored_result_serves_for_nothing(world: World) -> None:
    first = begin(world)
    succeed(world, first)
    for account in ("other", "poor", ""):
        found = begin(world, account)
        assert (found.new, found.charged, found.job.id, found.job.status) == (False, 0, first.job.id, Status.SUCCEEDED)
    assert world.launched == [first.job.id]


def test_a_result_that_is_gone_is_made_again(world: World) -> None:
    succeed(world, begin(world))
    world.storage.delete(WORK.result_key)
    again = begin(world)
    assert (again.new, again.job.attempt) == (True, 2)
    assert len(set(world.launched)) == 2
    assert outcomes(world.table) == ["settled_at", "pending"]


def test_what_failed_may_be_asked_for_again(world: World) -> None:
    store.fail(world.table, begin(world).job, DELETED)
    again = begin(world)
    assert (again.new, again.job.attempt, again.job.status) == (True, 2, Status.QUEUED)
    assert outcomes(world.table) == ["refunded_at", "pending"]


def test_a_worker_that_died_before_the_launch_is_made_good(world: World) -> None:
    made = job(world.table)
    assert store.create(world.table, made)
    assert not begin(world, "other").new
    assert world.launched == [made.id]
    store.begin(world.table, made, PLAN)
    begin(world)
    assert world.launched == [made.id]


def test_a_launch_that_fails_costs_nothing_and_is_tried_anew(world: World) -> None:
    world.launch_fails = AWAY
    with pytest.raises(TokstackError) as caught:
        begin(world)
    assert caught.value is AWAY
    last = store.latest(world.table, WORK)
    assert last
    assert last.status is Status.FAILED
    assert outcomes(world.table) == ["refunded_at"]
    world.launch_fails = None
    assert begin(world).job.attempt == 2


def test_whoever_loses_a_race_joins_the_winner(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    create = store.create

    def lose(table: Table, one: Any) -> bool:
        monkeypatch.setattr(store, "create", create)
        assert create(table, job(table, account="other"))
        return create(table, one)

    monkeypatch.setattr(store, "create", lose)
    started = begin(world)
    assert (started.new, started.job.payer) == (False, "other")
    assert started.job.accounts == {"acme", "other"}
    assert outcomes(world.table) == []


def test_whoever_loses_every_race_may_come_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "create", lambda *_: False)
    with pytest.raises(TokstackError) as caught:
        begin(world)
    assert (caught.value.code, caught.value.retry_after) == (Code.SERVICE_UNAVAILABLE, 1)


def test_a_kept_job_needs_no_machine(world: World, clock: Clock) -> None:
    kept = world.keeper.start(WORK, "acme", 1)
    assert (kept.new, kept.charged) == (True, 1)
    clock.now += 60
    assert not world.keeper.start(WORK, "acme", 1).new
    assert world.launched == []
    assert outcomes(world.table) == ["pending"]


def test_only_a_real_starter_begins_machines(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        keeper, starter = start.keeper.__wrapped__(), start.starter.__wrapped__()
    assert isinstance(starter, Starter)
    assert starter.launch is start._launch
    calls: list[Any] = []
    environment.setattr(start, "_client", lambda: calls)
    keeper.launch("1")
    assert calls == []


class TestTheMachine:
    @pytest.fixture(autouse=True)
    def machines(self, environment: pytest.MonkeyPatch) -> Any:
        with mock_aws():
            client = boto3.client("stepfunctions", region_name="us-east-1")
            environment.setattr(start, "_client", lambda: client)
            made = client.create_state_machine(
                name="tokstack-media",
                definition='{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}',
                roleArn="arn:aws:iam::123456789012:role/machine",
            )
            environment.setenv("MEDIA_MACHINE_ARN", made["stateMachineArn"])
            yield client

    def test_it_begins_once_under_the_name_of_the_job(self, machines: Any) -> None:
        for _ in range(2):
            start._launch("0" * 40 + "-1")
        (execution,) = machines.list_executions(stateMachineArn=settings().media_machine_arn)["executions"]
        assert execution["name"] == "0" * 40 + "-1"
        described = machines.describe_execution(executionArn=execution["executionArn"])
        assert described["input"] == '{"job": "' + "0" * 40 + '-1"}'

    def test_where_it_cannot_be_begun_it_is_our_fault(self, machines: Any, environment: pytest.MonkeyPatch) -> None:
        environment.setenv("MEDIA_MACHINE_ARN", ENVIRONMENT["MEDIA_MACHINE_ARN"].replace("media", "other"))
        with pytest.raises(TokstackError) as caught:
            start._launch("1")
        assert caught.value.code is Code.SERVICE_UNAVAILABLE

        def unreachable(**_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="https://states.example")

        away = SimpleNamespace(start_execution=unreachable, exceptions=machines.exceptions)
        environment.setattr(start, "_client", lambda: away)
        with pytest.raises(TokstackError) as caught:
            start._launch("1")
        assert caught.value.code is Code.SERVICE_UNAVAILABLE
