"""The sample files are what the payloads say of them, as ffmpeg sees it."""

import re
import subprocess

import imageio_ffmpeg
import pytest

from local.upstream.media import File, library

VIDEOS = [file for file in library().files.values() if file.mime == "video/mp4"]
SOUNDS = [file for file in library().files.values() if file.mime.startswith("audio")]
CODECS = {"h264": "h264", "h265": "hevc"}


def seen(file: File) -> str:
    """What ffmpeg says of a file that it is given to read."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(file.path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


def seconds(text: str) -> float:
    found = re.search(r"Duration: 00:00:([\d.]+)", text)
    assert found, text
    return float(found[1])


@pytest.mark.parametrize("file", VIDEOS, ids=lambda file: file.name)
def test_a_video_has_its_codec_size_and_length(file: File) -> None:
    text = seen(file)

    assert f"Video: {CODECS[file.codec]}" in text
    assert f" {file.width}x{file.height}" in text
    assert seconds(text) == pytest.approx(file.seconds, abs=0.1)
    assert ("Audio: aac" in text) == (not file.name.startswith("silent"))


@pytest.mark.parametrize("file", SOUNDS, ids=lambda file: file.name)
def test_a_sound_has_its_codec_and_length(file: File) -> None:
    text = seen(file)

    assert f"Audio: {'mp3' if file.mime == 'audio/mpeg' else 'aac'}" in text
    assert seconds(text) == pytest.approx(file.seconds, abs=0.1)
