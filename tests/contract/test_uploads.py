"""What is put into the bucket to be converted: each upload has its result or its error beside it, and costs nothing."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from mypy_boto3_s3 import S3Client

from tests.clouds import Stack
from tests.films import film
from tests.media_calls import BUCKET, sample, until

PART = 5 << 20  # the least that a part but the last may have
ODD = "a b+c%20d é 日本 100% & 'q' #1?x=1.mp4"


class Upload(NamedTuple):
    folder: str
    body: bytes
    options: str | None = None
    error: str | None = None

    @property
    def metadata(self) -> Mapping[str, str]:
        return {} if self.options is None else {"options": self.options}


CLIP, SONG = sample("counter/h264-540.mp4"), sample("song-1.mp3")
UPLOADS: Mapping[str, Upload] = {
    "plain.mp4": Upload("mp3", CLIP),
    ODD: Upload("wav", CLIP, '{"start_time": 1, "end_time": 2.5}'),
    "deeper/and deeper/song.mp3": Upload("mp3", SONG, '{"audio_quality": "64"}'),
    "no extension": Upload("mp4", CLIP, '{"video_quality": "240"}'),
    "small.mp4": Upload("gif", CLIP, '{"video_quality": "240", "end_time": 1}'),
    "result.json.mp4": Upload("mp3", CLIP, '{"end_time": 1}'),
    "text.mp4": Upload("mp3", b"nothing to hear", error="unsupported_media"),
    "list.mp4": Upload("mp4", b"#EXTM3U\n#EXTINF:1,\nhttp://169.254.169.254/\n", error="unsupported_media"),
    "files.mp4": Upload("mp4", b"ffconcat version 1.0\nfile /etc/passwd\n", error="unsupported_media"),
    "half.mp4": Upload("mp4", CLIP[: len(CLIP) // 2], error="unsupported_media"),
    "empty.mp4": Upload("mp3", b"", error="unsupported_media"),
    "still.jpeg": Upload("mp3", sample("picture-1.jpeg"), error="no_audio_track"),
    "mute.mp4": Upload("wav", sample("silent/h264-540.mp4"), error="no_audio_track"),
    "blind.mp3": Upload("mp4", SONG, error="unsupported_media"),
    "other.mp4": Upload("avi", CLIP, error="validation_error"),
    "odd options.mp4": Upload("mp3", CLIP, "no JSON", "validation_error"),
    "wrong options.mp4": Upload("mp3", CLIP, '{"start_time": 2, "end_time": 1}', "validation_error"),
    "late options.mp4": Upload("mp3", CLIP, '{"start_time": 3}', "validation_error"),
}
SILENT = {  # nothing is told of these
    "uploads/convert/mp3/": b"",
    "uploads/convert/loose.mp4": CLIP,
    "uploads/other/mp3/clip.mp4": CLIP,
    "uploads/convert/mp3/x.mp4.result.json": b"{}",
}


def key_of(name: str) -> str:
    return f"uploads/convert/{UPLOADS[name].folder}/{name}"


@pytest.fixture(scope="module")
def s3(stack: Stack) -> Iterator[S3Client]:
    """With all of it uploaded."""
    with stack.client("s3") as s3:
        for key, body in SILENT.items():
            s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        for name, upload in UPLOADS.items():
            s3.put_object(Bucket=BUCKET, Key=key_of(name), Body=upload.body, Metadata=upload.metadata)
        yield s3


def keys(s3: S3Client) -> set[str]:
    return {stored["Key"] for stored in s3.list_objects_v2(Bucket=BUCKET, Prefix="uploads/").get("Contents", [])}


def beside(s3: S3Client, key: str) -> Any:
    """What is told beside an upload, once it is."""
    good, bad = f"{key}.result.json", f"{key}.error.json"
    until(lambda: {good, bad} & keys(s3))
    (told,) = {good, bad} & keys(s3)
    return json.loads(s3.get_object(Bucket=BUCKET, Key=told)["Body"].read())


def result_of(s3: S3Client, told: Mapping[str, Any]) -> bytes:
    assert told["error"] is None, told
    result = told["result"]
    assert result["bucket"] == BUCKET
    stored = s3.get_object(Bucket=BUCKET, Key=result["key"])
    assert (stored["ContentType"], stored["ContentLength"]) == (result["mediaType"], result["bytes"])
    return stored["Body"].read()


@pytest.mark.parametrize("name", [name for name, upload in UPLOADS.items() if upload.error])
def test_an_upload_that_is_refused(s3: S3Client, name: str) -> None:
    told = beside(s3, key_of(name))
    assert told.keys() == {"id", "kind", "status", "accounts", "subject", "result", "error"}
    assert (told["status"], told["result"], told["accounts"]) == ("failed", None, [])
    assert told["error"]["code"] == UPLOADS[name].error
    assert (told["subject"]["site"], told["subject"]["address"]) == ("upload", key_of(name))


@pytest.mark.parametrize("name", [name for name, upload in UPLOADS.items() if not upload.error])
def test_an_upload_is_converted(s3: S3Client, name: str) -> None:
    told = beside(s3, key_of(name))
    assert told.keys() == {"id", "kind", "status", "accounts", "subject", "result", "error"}
    assert (told["status"], told["accounts"]) == ("succeeded", [])
    assert (told["subject"]["site"], told["subject"]["address"]) == ("upload", key_of(name))
    assert result_of(s3, told)


@pytest.mark.parametrize(
    ("name", "sound", "video", "seconds"),
    [
        ("plain.mp4", "mp3", None, 3),
        (ODD, "pcm_s16le", None, 1.5),
        ("deeper/and deeper/song.mp3", "mp3", None, 12),
        ("no extension", "aac", "h264", 3),
        ("small.mp4", None, "gif", 1),
    ],
)
def test_as_its_folder_and_its_options_say(
    s3: S3Client, name: str, sound: str | None, video: str | None, seconds: float
) -> None:
    found = film(result_of(s3, beside(s3, key_of(name))))
    assert (found.sound, found.video) == (sound, video)
    assert found.seconds == pytest.approx(seconds, abs=0.1)
    if video:
        assert found.short_side == 240
    if name.endswith("song.mp3"):
        assert found.kbits == 64


def test_an_upload_in_parts(s3: S3Client) -> None:
    key, wav = "uploads/convert/mp3/parts.wav", tone(90)
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key=key, Metadata={"options": '{"end_time": 2}'})["UploadId"]
    parts = [wav[at : at + PART] for at in range(0, len(wav), PART)]
    assert len(parts) > 1
    done: list[Any] = []
    for number, part in enumerate(parts, 1):
        answer = s3.upload_part(Bucket=BUCKET, Key=key, UploadId=upload, PartNumber=number, Body=part)
        done.append({"PartNumber": number, "ETag": answer["ETag"]})
    s3.complete_multipart_upload(Bucket=BUCKET, Key=key, UploadId=upload, MultipartUpload={"Parts": done})
    assert film(result_of(s3, beside(s3, key))).seconds == pytest.approx(2, abs=0.1)


def tone(seconds: int) -> bytes:
    """A wav of 48 kHz."""
    data = bytes(seconds * 48_000 * 2)
    sizes = (len(data) + 36).to_bytes(4, "little"), len(data).to_bytes(4, "little")
    form = bytes.fromhex("10000000 0100 0100 80bb0000 00770100 0200 1000")
    return b"RIFF" + sizes[0] + b"WAVEfmt " + form + b"data" + sizes[1] + data


def test_an_upload_takes_another_ones_place(s3: S3Client) -> None:
    key = "uploads/convert/mp3/again.mp4"
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"nothing")
    assert beside(s3, key)["error"]["code"] == "unsupported_media"
    s3.put_object(Bucket=BUCKET, Key=key, Body=CLIP)
    until(lambda: f"{key}.result.json" in keys(s3) and f"{key}.error.json" not in keys(s3))
    assert film(result_of(s3, beside(s3, key))).sound == "mp3"


def test_a_copy_is_an_upload(s3: S3Client) -> None:
    key = "uploads/convert/wav/copied.mp3"
    s3.copy_object(Bucket=BUCKET, Key=key, CopySource={"Bucket": BUCKET, "Key": key_of("deeper/and deeper/song.mp3")})
    assert film(result_of(s3, beside(s3, key))).seconds == pytest.approx(12, abs=0.1)


def test_what_we_wrote_ourselves_begins_nothing(s3: S3Client) -> None:
    for name in UPLOADS:
        beside(s3, key_of(name))
    told = [key for key in keys(s3) if key.endswith((".result.json", ".error.json"))]
    assert not [key for key in told if key.count(".result.json") + key.count(".error.json") > 1]
    for key in SILENT:
        assert not {f"{key}.result.json", f"{key}.error.json"} & set(told)
