"""The whole stack on this machine, with the sample upstream."""

from collections.abc import Iterator

import pytest

from tests.clouds import Stack
from tests.front_door import FrontDoor, front_door


@pytest.fixture(scope="session")
def door(stack: Stack) -> Iterator[FrontDoor]:
    with front_door(stack) as door:
        yield door
