"""`/api/convert/{format}`: a file, the way to it, or a job that goes on; and what each of them costs."""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tokstack.table
from tests.exchanges import Answer, ask, post
from tests.stored_files import FakeStorage, finish
from tests.tables import Clock
from tokstack.accounts import credits as accounts
from tokstack.accounts import keys
from tokstack.api import access, conversion, files
from tokstack.api.convert import CONVERT, ConvertBody
from tokstack.api.files import INLINE_BYTES
from tokstack.errors import Code, TokstackError
from tokstack.jobs import store, tickets, waiting
from tokstack.jobs.job import Job
from tokstack.jobs.start import Starter
from tokstack.jobs.work import Site
from tokstack.media.formats import Format, Options
from tokstack.table import Table

ID = "7300000000000000001"
GRANTED = 10
SECRET = b"secret"

pytestmark = pytest.mark.usefixtures("environment")


@dataclass
class Machine:
    """What becomes of a job: `after` so many seconds it has the file `content`, or fails by `error`."""

    table: Table
    clock: Clock
    storage: FakeStorage = field(default_factory=FakeStorage)
    content: bytes = b"file"
    title: str | None = "A title"
    error: TokstackError | None = None
    after: float = 0.0
    launched: list[str] = field(default_factory=list)
    slept: float = 0.0

    def launch(self, job_id: str) -> None:
        self.launched.append(job_id)
        if not self.after:
            self.end(job_id)

    def sleep(self, seconds: float) -> None:
        self.clock.now += seconds
        self.slept += seconds
        if self.after and self.slept >= self.after:
            self.end(self.launched[-1])

    def end(self, job_id: str) -> Job:
        job = store.find(self.table, job_id)
        assert job
        if self.error:
            return store.fail(self.table, job, self.error)
        return finish(self.table, self.storage, job_id, self.content, self.title)


@pytest.fixture
def machine(table: Table, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(table, clock)
    monkeypatch.setattr(conversion, "starter", lambda: Starter(table, made.storage, made.launch))  # type: ignore[arg-type] # a fake
    monkeypatch.setattr(waiting, "wait", partial(waiting.wait, sleep=made.sleep))
    monkeypatch.setattr(files, "storage", lambda: made.storage)
    monkeypatch.setattr(conversion, "signing_secret", lambda: SECRET)
    for module in (access, conversion, tokstack.table):
        monkeypatch.setattr(module, "table", lambda: table)
    return made


@pytest.fixture
def key(table: Table) -> str:
    accounts.grant(table, "acme", GRANTED)
    return keys.create(table, "acme")


@pytest.fixture
def balance(table: Table) -> Callable[[], int]:
    return lambda: accounts.show(table, "acme").balance


def send(key: str, body: Any = None, form: str = "mp3", **headers: str) -> Answer:
    return ask(CONVERT, post(f"/api/convert/{form}", body or {"url": ID}, x_api_key=key, **headers))


def credits_of(answer: Answer) -> tuple[str | None, str | None]:
    return answer.headers.get("X-Credits-Used"), answer.headers.get("X-Credits-Remaining")


@pytest.mark.parametrize(
    ("form", "media_type"),
    [("mp3", "audio/mpeg"), ("mp4", "video/mp4"), ("wav", "audio/wav"), ("gif", "image/gif")],
)
def test_a_file_is_the_body(machine: Machine, key: str, balance: Callable[[], int], form: str, media_type: str) -> None:
    machine.content = b"\xff\xfb\x00 sound"
    answer = send(key, form=form)
    assert (answer.status, b64decode(answer.text)) == (200, machine.content)
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename=\"A title.{form}\"; filename*=UTF-8''A%20title.{form}"
    )
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert credits_of(answer) == ("2", "8")
    assert balance() == 8


def test_without_a_title_the_file_is_called_as_the_post(machine: Machine, key: str) -> None:
    machine.title = None
    assert f'filename="{ID}.mp3"' in send(key).headers["Content-Disposition"]


def test_a_stored_result_costs_nothing(machine: Machine, key: str, balance: Callable[[], int]) -> None:
    send(key)
    answer = send(key)
    assert (answer.status, b64decode(answer.text), credits_of(answer)) == (200, b"file", ("0", "8"))
    assert (len(machine.launched), balance()) == (1, 8)


@pytest.mark.parametrize(("size", "status"), [(INLINE_BYTES, 200), (INLINE_BYTES + 1, 303)])
def test_a_large_file_is_given_by_storage(machine: Machine, key: str, size: int, status: int) -> None:
    machine.content = bytes(size)
    answer = send(key, form="mp4")
    assert answer.status == status
    assert len(answer.text) < 6_000_000
    if status == 303:
        location = urlsplit(answer.headers["Location"])
        assert location.path.startswith("/result/")
        assert unquote(location.query).startswith('disposition=attachment; filename="A title.mp4"')
        assert machine.storage.reads == 0
    assert credits_of(answer) == ("2", "8")


def test_a_job_that_takes_longer_is_waited_for_elsewhere(
    machine: Machine, key: str, table: Table, clock: Clock
) -> None:
    machine.after = 60
    answer = send(key)
    assert (answer.status, answer.text) == (303, "")
    assert 24 < machine.slept <= 25
    location = urlsplit(answer.headers["Location"])
    job_id = machine.launched[0]
    assert f"{location.scheme}://{location.netloc}{location.path}" == f"https://api.example.com/v1/jobs/{job_id}/file"
    ticket = parse_qs(location.query)["ticket"][0]
    assert tickets.verify(ticket, now=clock.now + 3000, secret=SECRET) == job_id
    with pytest.raises(TokstackError):
        tickets.verify(ticket, now=clock.now + 4000, secret=SECRET)
    assert credits_of(answer) == ("2", "8")
    joined = send(key)
    assert (joined.status, credits_of(joined)) == (303, ("0", "8"))


def test_a_job_that_ends_in_time_is_answered(machine: Machine, key: str) -> None:
    machine.after = 20
    answer = send(key)
    assert (answer.status, b64decode(answer.text)) == (200, b"file")
    assert 20 <= machine.slept < 22


@pytest.mark.parametrize("after", [0, 60])
@pytest.mark.parametrize("prefer", ["respond-async", "Respond-Async; a=b, return=minimal"])
def test_who_prefers_not_to_wait_gets_the_job(machine: Machine, key: str, after: float, prefer: str) -> None:
    machine.after = after
    answer = send(key, prefer=prefer)
    job_id = machine.launched[0]
    path = f"/v1/jobs/{job_id}"
    assert answer.status == 202
    assert answer.body == {"job": {"id": job_id, "status": "queued", "url": path}}
    assert answer.headers["Location"] == path
    assert answer.headers["Preference-Applied"] == "respond-async"
    assert int(answer.headers["Retry-After"]) >= 1
    assert credits_of(answer) == ("2", "8")
    assert machine.slept == 0
    again = send(key, prefer=prefer)
    assert (again.status, credits_of(again)) == (202, ("0", "8"))
    assert again.body["job"]["status"] == ("queued" if after else "succeeded")


@pytest.mark.parametrize(
    ("prefer", "after", "status", "slept", "applied"),
    [
        ("wait=5", 3, 200, 3, None),
        ("wait=5", 60, 202, 5, "wait=5"),
        ("wait=0", 0, 200, 0, None),
        ("wait=0", 60, 202, 0, "wait=0"),
        ("wait=100", 60, 202, 25, "wait=25"),
        ("respond-async, wait=5", 3, 200, 3, None),
        ("respond-async, wait=5", 60, 202, 5, "respond-async, wait=5"),
        ("wait=soon", 60, 303, 25, None),
        ("return=minimal", 3, 200, 3, None),
    ],
)
def test_who_prefers_to_wait_so_long(
    machine: Machine, key: str, prefer: str, after: float, status: int, slept: float, applied: str | None
) -> None:
    machine.after = after
    answer = send(key, prefer=prefer)
    assert (answer.status, answer.headers.get("Preference-Applied")) == (status, applied)
    assert slept - 0.5 <= machine.slept < slept + 1


@pytest.mark.parametrize("after", [0, 3])
@pytest.mark.parametrize(("code", "status"), [(Code.NO_AUDIO_TRACK, 422), (Code.POST_DELETED, 410)])
def test_a_job_that_failed_is_its_error_and_costs_nothing(
    machine: Machine, key: str, balance: Callable[[], int], after: float, code: Code, status: int
) -> None:
    machine.error, machine.after = TokstackError(code, "No sound."), after
    answer = send(key)
    assert (answer.status, answer.body["error"], answer.body["code"]) == (status, "No sound.", code)
    assert answer.body["request_id"] == answer.headers["X-Request-Id"]
    assert credits_of(answer) == ("0", "10")
    assert balance() == GRANTED
    machine.error, machine.after = None, 0
    assert (send(key).status, machine.launched[1][-2:]) == (200, "-2")


def test_too_few_credits(machine: Machine, table: Table) -> None:
    accounts.grant(table, "poor", 1)
    answer = send(keys.create(table, "poor"))
    assert (answer.status, answer.body["error"]) == (402, "Insufficient credits")
    assert credits_of(answer) == ("0", "1")
    assert machine.launched == []


@pytest.mark.parametrize("given", [{}, {"x_api_key": "tok_" + "x" * 40}])
@pytest.mark.parametrize("form", ["mp3", "avi"])
@pytest.mark.usefixtures("machine")
def test_without_a_good_key(environment: pytest.MonkeyPatch, given: dict[str, str], form: str) -> None:
    environment.setenv("ALLOW_ANONYMOUS", "true")
    for body in ({"url": ID}, {}):
        answer = ask(CONVERT, post(f"/api/convert/{form}", body, **given))
        assert (answer.status, answer.body["error"]) == (401, "Invalid API token")


@pytest.mark.parametrize("form", ["avi", "MP3", "mp3%20", "mp33"])
def test_an_unknown_format(machine: Machine, key: str, form: str) -> None:
    answer = send(key, form=form)
    assert (answer.status, answer.body["code"], credits_of(answer)) == (404, "route_not_found", ("0", "10"))
    assert machine.launched == []


@pytest.mark.parametrize("body", ["", "{}", '{"url": ""}', '{"url": "  "}', '{"url": null}', '{"options": {}, "x": 1}'])
def test_a_missing_url(machine: Machine, key: str, balance: Callable[[], int], body: str) -> None:
    answer = ask(CONVERT, post("/api/convert/mp3", body, x_api_key=key))
    assert (answer.status, answer.body["error"], answer.body["code"]) == (400, "Missing URL", "validation_error")
    assert (credits_of(answer), balance(), machine.launched) == (("0", "10"), GRANTED, [])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start_time": -1}, "options.start_time: Input should be greater than or equal to 0"),
        ({"start_time": "1"}, "options.start_time: Input should be a valid number"),
        ({"start_time": True}, "options.start_time: Input should be a valid number"),
        ({"start_time": 86_401}, "options.start_time: Input should be less than or equal to 86400"),
        ({"start_time": 10**400}, "options.start_time: Input should be a valid number"),
        ({"end_time": 0}, "options: end_time should be greater than start_time"),
        ({"end_time": 1e-9}, "options: end_time should be greater than start_time"),
        ({"start_time": 3, "end_time": 3}, "options: end_time should be greater than start_time"),
        ({"start_time": 3, "end_time": 2.5}, "options: end_time should be greater than start_time"),
        ({"audio_quality": 192}, "options.audio_quality: Input should be a valid string"),
        (
            {"audio_quality": "100"},
            "options.audio_quality: Input should be one of 64, 96, 128, 160, 192, 224, 256, 320",
        ),
        ({"video_quality": "720p"}, "options.video_quality: Input should be one of 240, 360, 480, 720, 1080"),
        ({"h264": 1}, "options.h264: Input should be a valid boolean"),
        ({"subtitles": "true"}, "options.subtitles: Input should be a valid boolean"),
        ({"speed": 2}, "options.speed: There is no such field"),
        ([], "options: Input should be an object"),
    ],
)
def test_options_that_make_no_sense(machine: Machine, key: str, options: Any, message: str) -> None:
    answer = send(key, {"url": ID, "options": options})
    assert (answer.status, answer.body["error"]) == (400, message)
    assert machine.launched == []


def test_a_number_beyond_all_numbers(machine: Machine, key: str) -> None:
    answer = send(key, f'{{"url": "{ID}", "options": {{"end_time": 1e400}}}}')
    assert (answer.status, answer.body["error"]) == (400, "options.end_time: Input should be a finite number")
    assert machine.launched == []


@pytest.mark.parametrize(
    ("form", "given", "shaping"),
    [
        ("mp3", None, Options()),
        ("mp3", {}, Options()),
        ("mp3", {"start_time": None, "h264": None, "audio_quality": None}, Options()),
        ("mp3", {"start_time": 0, "end_time": 4}, Options(start_time=0.0, end_time=4.0)),
        ("mp3", {"start_time": 1.00049}, Options(start_time=1.0)),
        ("mp3", {"audio_quality": "64", "video_quality": "240", "h264": True}, Options(audio_quality=64)),
        ("wav", {"audio_quality": "64", "start_time": 1, "subtitles": True}, Options(start_time=1.0)),
        ("gif", {"video_quality": "240", "h264": True}, Options(video_quality=240)),
        (
            "mp4",
            {"audio_quality": "320", "video_quality": "1080", "h264": True, "subtitles": True},
            Options(audio_quality=320, video_quality=1080, h264=True, subtitles=True),
        ),
        ("mp4", {"h264": False}, Options()),
    ],
)
def test_options_that_make_a_difference(
    machine: Machine, key: str, table: Table, form: str, given: Any, shaping: Options
) -> None:
    assert send(key, {"url": ID, "options": given}, form).status == 200
    job = store.find(table, machine.launched[0])
    assert job
    assert (job.work.options, job.work.format) == (shaping, Format(form))


def test_a_page_of_another_site_converts_too(machine: Machine, key: str, table: Table) -> None:
    assert send(key, {"url": "https://vimeo.com/22439234"}).status == 200
    job = store.find(table, machine.launched[0])
    assert job
    assert (job.work.subject.site, job.work.subject.address) == (Site.WEB, "https://vimeo.com/22439234")


def test_a_profile_does_not_convert(machine: Machine, key: str) -> None:
    answer = send(key, {"url": "https://www.tiktok.com/@lake"})
    assert (answer.status, answer.body["error"]) == (400, "This TikTok link does not lead to a post.")
    assert machine.launched == []


def test_with_an_idempotency_key_it_is_the_same_job(machine: Machine, key: str, balance: Callable[[], int]) -> None:
    first, second = (send(key, idempotency_key="k") for _ in range(2))
    assert (first.text, credits_of(first)) == (second.text, ("2", "8"))
    assert credits_of(second) == ("0", "8")
    assert send(key, {"url": f"{ID[:-1]}2"}, idempotency_key="k").status == 409
    assert (len(machine.launched), balance()) == (1, 8)


@given(
    st.builds(
        dict,
        start_time=st.floats(0, 86_400),
        end_time=st.floats(0, 86_400),
        audio_quality=st.sampled_from(["64", "320", None]),
        h264=st.booleans() | st.none(),
    ),
    st.sampled_from(Format),
)
def test_what_is_taken_is_kept_as_it_was_meant(options: dict[str, Any], form: Format) -> None:
    try:
        body = ConvertBody.model_validate({"url": ID, "options": options})
    except ValueError:
        assert options["end_time"] <= options["start_time"] + 0.001
        return
    assert body.options
    found = body.options.shaping(form)
    assert found.end_time is not None
    assert found.end_time > (found.start_time or 0)
    assert abs(found.end_time - options["end_time"]) <= 0.0005
    assert body.options.shaping(form).canonical == found.canonical
