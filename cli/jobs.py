"""`tokstack jobs`"""

from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from cli import redriving, submitting
from cli.output import AsJson, iso, moment, remark, say, say_json, tabulate, watched
from cli.sending import batches, send
from cli.stack import Queues, Stack, fail, queues_of, table_of
from cli.submitting import Message
from tokstack.errors import TokstackError

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from tokstack.jobs.job import Job

app = typer.Typer(no_args_is_help=True, help="Jobs, and the queue that takes many of them at once.")

_TOLD = 20  # lines that are wrong, one by one
_BEGINNING = 200  # characters of a message


@app.command()
def submit(
    file: Annotated[
        typer.FileBinaryRead, typer.Argument(metavar="FILE.jsonl", help="One JSON object a line; - for standard input.")
    ],
    *,
    account: Annotated[str | None, typer.Option(help="Whose the lines are that name no account.")] = None,
    stack: Stack = None,
) -> None:
    """Submit a file of jobs, and print the id of each.

    A line is an object with `kind` ("download", "convert" or "statistic"), `url` and `account`, of a conversion
    `format` and perhaps `options`, and perhaps an `id`. Nothing is sent unless every line makes sense.

    A line without an id gets one that is made of what it says. So the same file may be submitted twice and is done
    once, for 14 days; what is to be done anew, such as a post's counters of today, needs an id of its own.
    """
    with submitting.read_twice(file) as lines:
        total = _checked(lines, account)
        lines.seek(0)
        with queues_of(stack) as queues:
            messages = (submitting.message_of(line, account) for _, line in submitting.numbered(lines))
            sent = _send_all(queues, messages, total)
    if sent < total:
        fail(f"{sent} of {_counted(total, 'message')} sent. Submit the file again: what was sent is not done twice.")
    remark(f"{_counted(sent, 'message')} sent.")


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="A job's id, or a submission's.")],
    *,
    account: Annotated[str | None, typer.Option(help="Whose submission it is.")] = None,
    as_json: AsJson = False,
    stack: Stack = None,
) -> None:
    """Show how far a job is, and what came of it."""
    from tokstack.api import submissions
    from tokstack.jobs import store

    with table_of(stack) as table:
        job = (submissions.find(table, account, name) if account else None) or store.find(table, name)
    if job is None:
        fail(f"{account} has submitted no {name} that a job came of yet." if account else f"There is no job {name}.")
    if as_json:
        say_json(_facts(job))
    else:
        tabulate(("JOB", job.id), _rows(job))


@app.command()
def redrive(
    *,
    show_only: Annotated[bool, typer.Option("--list", help="Show them, and move none.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Show them as JSON, for programs; with --list.")] = False,
    stack: Stack = None,
) -> None:
    """Move the messages that failed three times back to the jobs queue."""
    with queues_of(stack) as queues:
        most = redriving.count(queues)
        if show_only:
            rows = map(_dead_row, redriving.looked_at(queues, most))
            if as_json:
                say_json([dict(zip(("id", "received", "text"), row, strict=True)) for row in rows])
            else:
                tabulate(("MESSAGE", "RECEIVED", "TEXT"), rows)
            return
        remark(f"{_counted(most, 'message')} in the dead letter queue.")
        moved, failed = 0, dict[str, str]()
        for part in redriving.move(queues, most):
            moved += part.count
            failed |= part.failed
    say(f"{_counted(moved, 'message')} moved.")
    for message_id, why in failed.items():
        remark(f"{message_id} stays: {why}")
    if failed:
        raise typer.Exit(1)


def _checked(lines: IO[bytes], account: str | None) -> int:
    """How many there are to send; ends the program where one of them makes no sense."""
    total = wrong = 0
    for number, line in watched(submitting.numbered(lines), "Checking"):
        total += 1
        try:
            submitting.check(submitting.message_of(line, account))
        except TokstackError as error:
            wrong += 1
            if wrong <= _TOLD:
                remark(f"Line {number}: {error.message}")
    if wrong:
        fail(f"{wrong} of {_counted(total, 'line')} {'makes' if wrong == 1 else 'make'} no sense: nothing was sent.")
    return total


def _send_all(queues: Queues, messages: Iterable[Message], total: int) -> int:
    """How many the queue took; the others are told."""
    sent = 0
    for batch in batches(watched(messages, "Sending", total, answering=True), lambda message: message.text):
        failed = send(queues.client, queues.jobs, [message.text for message in batch])
        taken = [message.id for place, message in enumerate(batch) if place not in failed]
        sent += len(taken)
        if taken:
            say("\n".join(taken))
        for place, why in failed.items():
            remark(f"{batch[place].id} was not taken: {why}")
    return sent


def _facts(job: "Job") -> dict[str, Any]:
    subject, result, error = job.work.subject, job.result, job.error
    return {
        "id": job.id,
        "status": job.status,
        "progress": job.progress,
        "kind": job.work.kind,
        "format": job.work.format,
        "subject": {"site": subject.site, "id": subject.id, "address": subject.address},
        "accounts": sorted(job.accounts),
        "payer": job.payer,
        "credits": job.credits,
        "createdAt": iso(job.created_at),
        "finishedAt": iso(job.finished_at),
        "result": result and {"key": result.key, "mediaType": result.media_type, "bytes": result.size},
        "error": error and {"code": error.code, "message": error.message},
    }


def _rows(job: "Job") -> Iterator[tuple[str, str]]:
    work = job.work
    yield "status", job.status
    yield "progress", f"{job.progress:.0%}"
    yield "kind", " ".join(filter(None, (work.kind, work.format)))
    yield "subject", f"{work.subject.site} {work.subject.address or work.subject.id}"
    yield "accounts", ", ".join(sorted(job.accounts)) or "-"
    yield "credits", f"{job.credits} of {job.payer}" if job.payer else "-"
    yield "created", moment(job.created_at)
    yield "finished", moment(job.finished_at)
    if job.result:
        yield "result", f"{job.result.key} ({job.result.media_type}, {job.result.size} bytes)"
    if job.error:
        yield "error", f"{job.error.code}: {_plain(job.error.message)}"


def _dead_row(message: "MessageTypeDef") -> tuple[str, str, str]:
    body, received = message["Body"], message["Attributes"]["ApproximateReceiveCount"]
    return submitting.id_in(body) or message["MessageId"], received, _plain(body[:_BEGINNING])


def _plain(text: str) -> str:
    """On one line, and nothing that a terminal obeys."""
    return "".join(character if character.isprintable() else " " for character in text)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
