"""The tables, queues and all else of the stack that is meant, and one line for whatever goes wrong with them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import boto3
import typer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from cli import ROOT
from cli.output import remark
from local import account
from tokstack.errors import TokstackError
from tokstack.library.bucket import Bucket
from tokstack.library.queues import Queue
from tokstack.table import Table

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

READY_FILE = ROOT / ".local" / "ready.json"
_CONFIG = Config(retries={"total_max_attempts": 3, "mode": "standard"}, connect_timeout=5, read_timeout=10)

Stack = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="A deployed stack, instead of the one of `make run`.", show_default=False),
]


@dataclass(frozen=True, slots=True)
class Queues:
    """`jobs` and `dead` are URLs."""

    client: "SQSClient"
    jobs: str
    dead: str


@dataclass(frozen=True, slots=True)
class Library:
    """`media` is where files are put that it is to take, `bucket` has its log; `index` tells the indexer what to do."""

    table: Table
    media: Bucket
    bucket: Bucket
    index: Queue


@contextmanager
def table_of(stack: str | None) -> Iterator[Table]:
    """The table of a deployed stack, or of the local one. Errors end the program with one line."""
    with _errors_in_one_line():
        yield _deployed(stack) if stack else _local()


@contextmanager
def library_table_of(stack: str | None) -> Iterator[Table]:
    """The library's table, likewise."""
    with _errors_in_one_line():
        yield _library(stack)


@contextmanager
def library_of(stack: str | None) -> Iterator[Library]:
    """All that the library is made of, likewise."""
    with _errors_in_one_line():
        yield _whole_library(stack)


@contextmanager
def queues_of(stack: str | None) -> Iterator[Queues]:
    """The jobs queue and its dead letters, likewise."""
    with _errors_in_one_line():
        yield _queues(stack)


@contextmanager
def clients_of(stack: str | None) -> Iterator[Callable[[str], Any]]:
    """A client of any of the services that it is made of, likewise."""
    with _errors_in_one_line():
        yield partial(boto3.client, config=_CONFIG) if stack else _local_client


@contextmanager
def _errors_in_one_line() -> Iterator[None]:
    try:
        yield
    except TokstackError as error:
        fail(" ".join(filter(None, [error.message, str(error.__cause__ or "")])))
    except (BotoCoreError, ClientError) as error:
        fail(str(error))


def fail(line: str) -> NoReturn:
    remark(" ".join(line.split()))
    raise typer.Exit(1)


def _local() -> Table:
    return Table(_local_client("dynamodb"), f"{account.STACK}-data")


def _outputs(stack: str) -> dict[str, str]:
    described: Any = boto3.client("cloudformation", config=_CONFIG).describe_stacks(StackName=stack)
    return {output["OutputKey"]: output["OutputValue"] for output in described["Stacks"][0].get("Outputs", [])}


def _deployed(stack: str) -> Table:
    outputs = _outputs(stack)
    if "Table" not in outputs:
        fail(f"{stack} has no output `Table`: it is no stack of Tokstack, or not yet deployed.")
    return Table(boto3.client("dynamodb", config=_CONFIG), outputs["Table"])


def _library(stack: str | None) -> Table:
    client = boto3.client("dynamodb", config=_CONFIG) if stack else _local_client("dynamodb")
    return Table(client, f"{stack or account.STACK}-library")


def _whole_library(stack: str | None) -> Library:
    s3 = boto3.client("s3", config=_CONFIG) if stack else _local_client("s3")
    sqs = boto3.client("sqs", config=_CONFIG) if stack else _local_client("sqs")
    name = f"{stack or account.STACK}-library-index"
    try:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        fail(f"There is no queue {name}: it is no stack of Tokstack, or not yet deployed.")
    media, bucket = _buckets(stack)
    return Library(_library(stack), Bucket(s3, media), Bucket(s3, bucket), Queue(sqs, url))


def _buckets(stack: str | None) -> tuple[str, str]:
    """The names of the media bucket and of the library's."""
    if stack is None:
        local = f"{account.ACCOUNT}-{account.REGION}"
        return f"{account.STACK}-media-{local}", f"{account.STACK}-library-{local}"
    outputs = _outputs(stack)
    if not {"MediaBucket", "LibraryBucket"} <= outputs.keys():
        fail(f"{stack} has no output `LibraryBucket`: it is no stack of Tokstack, or not yet deployed.")
    return outputs["MediaBucket"], outputs["LibraryBucket"]


def _queues(stack: str | None) -> Queues:
    client = boto3.client("sqs", config=_CONFIG) if stack else _local_client("sqs")
    name = f"{stack or account.STACK}-jobs"
    try:
        jobs, dead = (client.get_queue_url(QueueName=each)["QueueUrl"] for each in (name, f"{name}-dead"))
    except client.exceptions.QueueDoesNotExist:
        fail(f"There is no queue {name} with its dead letters: it is no stack of Tokstack, or not yet deployed.")
    return Queues(client, jobs, dead)


def _local_client(service: Any) -> Any:
    return boto3.client(
        service,
        endpoint_url=ready("aws_endpoint"),
        region_name=account.REGION,
        aws_access_key_id=account.ACCESS_KEY,
        aws_secret_access_key=account.SECRET_KEY,
        config=_CONFIG,
    )


def ready(name: str) -> str:
    """What the local stack says of itself."""
    try:
        return str(json.loads(READY_FILE.read_text())[name])
    except FileNotFoundError:
        fail("No local stack is running: start one with `make run`, or name a deployed one with --stack.")
    except (OSError, ValueError, LookupError, TypeError):
        fail(f"{READY_FILE.name} cannot be read: start the local stack again with `make run`.")
