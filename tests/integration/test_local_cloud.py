"""The local cloud on a small template of its own, seen from outside: runtime, IAM, front, triggers, reload."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.clouds import Stack, running

SOURCE = Path(__file__).resolve().parents[1] / "data" / "local_cloud"

Call = Callable[..., tuple[Any, bool]]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, since one test edits it."""
    return Path(shutil.copytree(SOURCE, tmp_path_factory.mktemp("source") / "stack"))


@pytest.fixture(scope="module")
def cloud(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    options = ("--template", str(source / "template.yaml"), "--upstream", "live")
    with running(tmp_path_factory.mktemp("cloud"), *options) as stack:
        yield stack


@pytest.fixture(scope="module")
def call(cloud: Stack) -> Iterator[Call]:
    """Invokes the probe, or another function: its answer, and whether it failed."""
    with cloud.client("lambda") as client:

        def invoke(do: str, argument: Any = None, *, name: str = "tokstack-probe") -> tuple[Any, bool]:
            event = json.dumps({"do": do, "with": argument})
            answer = client.invoke(FunctionName=name, Payload=event)
            return json.loads(answer["Payload"].read()), "FunctionError" in answer

        yield invoke


@pytest.fixture(scope="module")
def http(cloud: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=cloud.url, timeout=40) as client:
        yield client


# ------------------------------------------------------------------ the runtime


def test_a_function_gets_its_event_and_answers(call: Call) -> None:
    assert call("echo", {"text": "été \u0000 😀", "number": 2**63}) == (
        {"text": "été \u0000 😀", "number": 2**63},
        False,
    )


def test_a_function_sees_its_own_environment_and_nothing_of_this_machine(
    call: Call, cloud: Stack, source: Path
) -> None:
    environment, _ = call("environment")
    assert environment["TABLE_NAME"] == "tokstack-data"
    assert environment["AWS_ENDPOINT_URL"] == cloud.aws_endpoint
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert environment["LAMBDA_TASK_ROOT"] == str((source / "functions" / "probe").resolve())
    assert environment["AWS_ACCESS_KEY_ID"] != "local"
    assert not {"VIRTUAL_ENV", "PYTEST_CURRENT_TEST", "USER"} & environment.keys()


@pytest.mark.parametrize(
    ("do", "kind", "says"),
    [
        ("raise", "LookupError", "because"),
        ("exit", "Runtime.ExitError", "exit status 3"),
        ("hang", "Sandbox.Timedout", "timed out after 2.00 seconds"),
        ("eat memory", "Runtime.OutOfMemory", "signal: killed"),
        ("answer too much", "Function.ResponseSizeTooLarge", "exceeded maximum allowed"),
    ],
)
def test_a_failure_has_the_kind_that_lambda_gives_it_and_the_next_call_is_well(
    call: Call, do: str, kind: str, says: str
) -> None:
    error, failed = call(do, "because")
    assert failed
    assert error["errorType"] == kind
    assert says in error["errorMessage"]
    assert call("echo", "well") == ("well", False)


def test_a_function_that_cannot_be_imported_says_why(call: Call) -> None:
    error, failed = call("echo", name="tokstack-broken")
    assert failed
    assert error["errorType"] == "Runtime.ImportModuleError"
    assert "a_module_that_is_nowhere" in error["errorMessage"]


def test_what_a_function_says_is_in_the_log_under_its_name(call: Call, cloud: Stack) -> None:
    call("raise", "a word for the log")
    assert cloud.logged("a word for the log")


# ------------------------------------------------------------------------- IAM


@pytest.mark.parametrize(
    ("do", "argument", "action"),
    [
        ("get item", {"pk": {"S": "a"}, "sk": {"S": "b"}}, "dynamodb:GetItem"),
        ("list tables", None, "dynamodb:ListTables"),
        ("read object", "closed/a.txt", "s3:GetObject"),
        ("read object", "open/missing.txt", "s3:ListBucket"),
    ],
)
def test_what_the_template_does_not_allow_is_refused(call: Call, do: str, argument: Any, action: str) -> None:
    error, failed = call(do, argument)
    assert failed
    assert "AccessDenied" in error["errorMessage"]
    assert action in error["errorMessage"]


def test_what_the_template_allows_is_done(call: Call, cloud: Stack) -> None:
    item = {"pk": {"S": "allowed"}, "sk": {"S": "b"}}
    assert call("put item", item) == (None, False)
    with cloud.client("dynamodb") as dynamodb:
        assert dynamodb.get_item(TableName="tokstack-data", Key=item)["Item"] == item


def test_without_its_statement_the_same_call_is_refused(source: Path, tmp_path: Path) -> None:
    poorer = Path(shutil.copytree(source, tmp_path / "stack"))
    template = poorer / "template.yaml"
    lines = template.read_text().splitlines(keepends=True)
    template.write_text("".join(line for line in lines if "Sid: Write" not in line))
    with (
        running(tmp_path / "run", "--template", str(template), "--upstream", "live") as cloud,
        cloud.client("lambda") as client,
    ):
        event = json.dumps({"do": "put item", "with": {"pk": {"S": "a"}, "sk": {"S": "b"}}})
        error = json.loads(client.invoke(FunctionName="tokstack-probe", Payload=event)["Payload"].read())
    assert "AccessDeniedException" in error["errorMessage"]
    assert "dynamodb:PutItem" in error["errorMessage"]


def test_a_presigned_link_opens_until_it_expires_and_not_when_changed(call: Call, cloud: Stack) -> None:
    with cloud.client("s3") as s3:
        s3.put_object(Bucket="tokstack-bucket", Key="open/a b+c.txt", Body=b"hello")
    link, _ = call("presign", {"key": "open/a b+c.txt", "seconds": 60})
    assert httpx.get(link).text == "hello"
    assert httpx.get(link, headers={"range": "bytes=1-2"}).text == "el"
    assert httpx.get(link.replace("X-Amz-Expires=60", "X-Amz-Expires=600")).status_code == 403
    assert httpx.get(link.replace("a%20b", "a%20c")).status_code == 403
    short, _ = call("presign", {"key": "open/a b+c.txt", "seconds": 1})
    time.sleep(2.1)
    expired = httpx.get(short)
    assert (expired.status_code, "Request has expired" in expired.text) == (403, True)


def test_a_presigned_link_opens_no_more_than_its_signer_may(call: Call) -> None:
    link, _ = call("presign", {"key": "closed/a.txt", "seconds": 60})
    assert httpx.get(link).status_code == 403


def test_a_stranger_is_refused(cloud: Stack) -> None:
    assert httpx.get(f"{cloud.aws_endpoint}/tokstack-bucket/open/a.txt").status_code == 403
    assert httpx.get(f"{cloud.aws_endpoint}/moto-api/data.json").status_code == 403


# ------------------------------------------------------------------- the front


@pytest.mark.parametrize(
    ("method", "path", "route", "variables"),
    [
        ("GET", "/items/a%20b", "GET /items/{id}", {"id": "a b"}),
        ("POST", "/items/a", "$default", None),
        ("GET", "/items/a/b", "$default", None),
        ("HEAD", "/items/a", "$default", None),
        ("DELETE", "/rest/a/b/c", "ANY /rest/{path+}", {"path": "a/b/c"}),
        ("GET", "/", "$default", None),
    ],
)
def test_a_request_goes_the_most_exact_way(
    http: httpx.Client, cloud: Stack, method: str, path: str, route: str, variables: dict[str, str] | None
) -> None:
    answer = http.request(method, path)
    assert answer.status_code == 201
    if method == "HEAD":
        assert answer.content == b""
        assert cloud.logged(f"{route}=201")
    else:
        event = answer.json()
        assert event["routeKey"] == event["requestContext"]["routeKey"] == route
        assert event.get("pathParameters") == variables


def test_an_event_has_what_the_request_had(http: httpx.Client) -> None:
    headers = [("X-Twice", "1"), ("X-Twice", "2"), ("Cookie", "a=1; b=2"), ("User-Agent", "test")]
    answer = http.get("/x?q=1&q=2&empty=&broken=%zz&word=%C3%A9", headers=headers)
    event = answer.json()
    assert event["version"] == "2.0"
    assert event["rawQueryString"] == "q=1&q=2&empty=&broken=%zz&word=%C3%A9"
    assert event["queryStringParameters"] == {"q": "1,2", "empty": "", "broken": "%zz", "word": "é"}
    assert event["cookies"] == ["a=1", "b=2"]
    assert "cookie" not in event["headers"]
    assert event["headers"]["x-twice"] == "1,2"
    assert event["headers"]["x-forwarded-proto"] == "http"
    assert event["requestContext"]["http"]["userAgent"] == "test"
    assert "body" not in event
    assert answer.headers["x-number"] == "7"
    assert answer.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2"]
    assert answer.headers["apigw-requestid"] == event["requestContext"]["requestId"]


@pytest.mark.parametrize(
    ("content", "kind", "body", "encoded"),
    [
        (b'{"a": 1}', "application/json", '{"a": 1}', False),
        (b"\xff\x00", "application/octet-stream", "/wA=", True),
        (b"\xff\x00", "text/plain", "/wA=", True),
    ],
)
def test_a_body_is_text_or_base64(http: httpx.Client, content: bytes, kind: str, body: str, encoded: bool) -> None:
    event = http.post("/x", content=content, headers={"content-type": kind}).json()
    assert (event["body"], event["isBase64Encoded"]) == (body, encoded)


def test_a_body_may_come_in_chunks(http: httpx.Client) -> None:
    event = http.post("/x", content=iter([b"one ", b"two"]), headers={"content-type": "text/plain"}).json()
    assert event["body"] == "one two"


def test_a_body_that_is_too_large_is_refused(http: httpx.Client) -> None:
    answer = http.post("/x", content=b"x" * (10 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()) == (413, {"message": "Request Entity Too Large"})


def test_a_method_of_no_api_is_refused(http: httpx.Client) -> None:
    answer = http.request("BREW", "/pot")
    assert (answer.status_code, answer.json()) == (405, {"message": "Method Not Allowed"})


def test_answers_of_every_form(http: httpx.Client) -> None:
    picture = http.get("/x?answer=bytes")
    assert (picture.content, picture.headers["content-type"]) == (b"\x89PNG", "image/png")
    assert http.get("/x?answer=bare").json() == {"hello": "there"}
    for wish in ("nonsense", "fail"):
        answer = http.get(f"/x?answer={wish}")
        assert (answer.status_code, answer.json()) == (500, {"message": "Internal Server Error"})


def test_browsers_are_told_what_the_template_says(http: httpx.Client) -> None:
    asked = {"origin": "https://app.example", "access-control-request-method": "GET"}
    preflight = http.options("/x", headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "https://app.example"
    assert preflight.headers["access-control-allow-methods"] == "GET"
    assert preflight.headers["access-control-max-age"] == "60"
    assert http.get("/x", headers=asked).headers["access-control-expose-headers"] == "x-request-id"
    foreign = http.get("/x", headers={"origin": "https://evil.example"})
    assert not [name for name in foreign.headers if name.startswith("access-control")]


# -------------------------------------------------------------------- triggers


def noted(cloud: Stack, kind: str, name: str) -> bool:
    """Whether the batch function has noted it, within ten seconds."""
    with cloud.client("dynamodb") as dynamodb:
        for _ in range(100):
            key = {"pk": {"S": kind}, "sk": {"S": name}}
            if "Item" in dynamodb.get_item(TableName="tokstack-data", Key=key):
                return True
            time.sleep(0.1)
    return False


def failed_messages(cloud: Stack, text: str) -> list[str]:
    """The messages in the queue of failures that have the text, as soon as there is one."""
    found: list[str] = []
    deadline = time.monotonic() + 15
    with cloud.client("sqs") as sqs:
        url = sqs.get_queue_url(QueueName="tokstack-failed")["QueueUrl"]
        while not found and time.monotonic() < deadline:
            messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
            found = [each["Body"] for each in messages.get("Messages", []) if text in each["Body"]]
            time.sleep(0.1)
    return found


def test_a_queue_is_read_and_what_fails_ends_among_the_failures(cloud: Stack) -> None:
    with cloud.client("sqs") as sqs:
        url = sqs.get_queue_url(QueueName="tokstack-queue")["QueueUrl"]
        for body in ("one", "poison", "two"):
            sqs.send_message(QueueUrl=url, MessageBody=body)
    assert noted(cloud, "message", "one")
    assert noted(cloud, "message", "two")
    assert failed_messages(cloud, "poison") == ["poison"]
    assert not noted_at_once(cloud, "poison")


def noted_at_once(cloud: Stack, name: str) -> bool:
    with cloud.client("dynamodb") as dynamodb:
        key = {"pk": {"S": "message"}, "sk": {"S": name}}
        return "Item" in dynamodb.get_item(TableName="tokstack-data", Key=key)


def test_an_upload_calls_its_function_with_the_key_quoted_as_s3_quotes_it(cloud: Stack) -> None:
    with cloud.client("s3") as s3:
        s3.put_object(Bucket="tokstack-bucket", Key="uploads/a b/é.mp4", Body=b"x")
    assert noted(cloud, "upload", "uploads/a+b/%C3%A9.mp4")


def test_an_asynchronous_call_that_fails_to_the_last_is_told_to_its_destination(cloud: Stack) -> None:
    with cloud.client("lambda") as client:
        event = json.dumps({"do": "raise", "with": "in vain"})
        answer = client.invoke(FunctionName="tokstack-probe", Payload=event, InvocationType="Event")
        assert answer["StatusCode"] == 202
    (record,) = map(json.loads, failed_messages(cloud, "in vain"))
    assert record["requestPayload"] == {"do": "raise", "with": "in vain"}
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["responsePayload"]["errorType"] == "LookupError"


# ---------------------------------------------------------------------- reload


def test_a_change_of_the_source_is_run_at_once(call: Call, source: Path) -> None:
    assert call("version") == (1, False)
    path = source / "functions" / "probe" / "app.py"
    path.write_text(path.read_text().replace("VERSION = 1", "VERSION = 2"))
    deadline = time.monotonic() + 10
    while call("version") != (2, False):
        assert time.monotonic() < deadline, "the old source still runs"
        time.sleep(0.1)
