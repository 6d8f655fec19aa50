"""Clients that are generated from the description ask the API, and get what they expect."""

import importlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.tools import clients, npm, typescript
from tests.clients import program
from tests.clouds import Stack
from tests.conftest import NewKey
from tokstack.api.samples import POST

_PROGRAM = Path(__file__).parents[1] / "data" / "typescript" / "ask.mts"
_CREDITS = 100


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python client, where programs find it."""
    try:
        return clients.python(tmp_path_factory.mktemp("clients"))
    except npm.UnavailableError as unavailable:
        pytest.skip(str(unavailable))


@pytest.fixture
def named(generated: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A module of it, by its name."""
    monkeypatch.syspath_prepend(str(generated))
    return lambda name: importlib.import_module(f"tokstack_client.{name}")


def test_the_python_client_gets_typed_answers(named: Any, stack: Stack, new_key: NewKey) -> None:
    models, key = named("models"), new_key(credits=_CREDITS)
    with named("client").AuthenticatedClient(base_url=stack.url, token=key) as client:
        asked = {"type_": models.LibraryType.AD, "sort_by": models.LibrarySortby.VIEWS, "limit": 3}
        page = named("api.library.library").sync(client=client, **asked)
        post = named("api.posts.statistic").sync(client=client, url_query=POST.url)
        usage = named("api.service.usage").sync(client=client)
    assert isinstance(page, models.LibraryPageItemData)
    assert [type(item) for item in page.data] == [models.ItemData] * 3
    assert all(item.type_ is models.ItemType.AD for item in page.data)
    views = [item.metrics.views for item in page.data]
    assert views == sorted(views, reverse=True)
    assert isinstance(post, models.PostsSuccessStatisticData)
    assert post.data.id == POST.id
    assert isinstance(usage, models.ServiceSuccessUsageData)
    assert usage.data.credits_remaining == _CREDITS - len(page.data) - 1
    assert usage.data.by_route.to_dict() == {"library": 3, "statistic": 1}


def test_the_python_client_gets_typed_failures(named: Any, stack: Stack) -> None:
    with named("client").AuthenticatedClient(base_url=stack.url, token="nonesuch") as client:
        refused = named("api.library.library_item").sync_detailed("tiktok_1", client=client)
    assert refused.status_code == 401
    assert refused.parsed.error.code is named("models").Code.INVALID_API_KEY


def test_the_typescript_types_are_those_of_the_answers(tmp_path: Path, stack: Stack, new_key: NewKey) -> None:
    node, key = program("node"), new_key(credits=_CREDITS)
    try:
        types, modules = clients.types(tmp_path), typescript.install()
    except npm.UnavailableError as unavailable:
        pytest.skip(str(unavailable))
    compiled = tmp_path / "compiled"
    source = types.with_name(_PROGRAM.name)
    source.write_bytes(_PROGRAM.read_bytes())
    compiler = [node, str(modules / "typescript" / "bin" / "tsc"), "--strict", "--noUncheckedIndexedAccess"]
    compiler += ["--target", "es2022", "--lib", "es2022,dom,dom.iterable", "--module", "nodenext"]
    checked = subprocess.run(
        [*compiler, "--outDir", str(compiled), str(source)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
    asked = [node, str(compiled / source.with_suffix(".mjs").name), stack.url, key]
    ran = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert said["views"] == sorted(said["views"], reverse=True)
    assert said["likes"] > 0
    assert said["left"] == _CREDITS - len(said["views"]) - 1
