"""A stack whose library is searched by OpenSearch, over HTTP: it answers as the model does, and takes in what comes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.clouds import Stack, running
from tests.front_door import FrontDoor, front_door
from tests.library_calls import hold, ids, listed, queried, query_string, sample_of
from tests.library_sample import Sample
from tests.media_calls import until
from tokstack.library.entry import Keyword, Number
from tokstack.library.query import Query, Range

NEW = {"tiktokId": "7711931659105726999", "content": {"description": "a zebrafinch of its own"}}
QUERIES: tuple[tuple[Mapping[str, Any], Query], ...] = (
    ({}, Query()),
    ({"page": 20, "limit": 50}, Query()),
    ({"search": ["skin care", "🔥"]}, Query(terms=("skin care", "🔥"))),
    ({"search": "ครีม", "sortBy": "likes"}, Query(terms=("ครีม",), sort=Number.LIKES)),
    (
        {"type": "ad", "hashtags": ["café"]},
        Query(keywords={Keyword.TYPE: frozenset({"ad"}), Keyword.HASHTAG: frozenset({"cafe"})}),
    ),
    (
        {"minViews": 1000, "maxDaysRunning": 9},
        Query(ranges={Number.VIEWS: Range(1000), Number.DAYS_RUNNING: Range(None, 9)}),
    ),
)


@pytest.fixture(scope="module")
def stack(opensearch_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    chosen = f"OpenSearchUrl={opensearch_address}"
    with running(tmp_path_factory.mktemp("opensearch"), "--library", "--param", chosen) as stack:
        yield stack


@pytest.fixture(scope="module")
def door(stack: Stack) -> Iterator[FrontDoor]:
    with front_door(stack) as door:
        yield door


@pytest.fixture(scope="module")
def sample(door: FrontDoor) -> Sample:
    return sample_of(door)


@pytest.mark.parametrize(("fields", "query"), QUERIES, ids=[query_string(fields) for fields, _ in QUERIES])
def test_it_answers_as_the_model_does(door: FrontDoor, sample: Sample, fields: Mapping[str, Any], query: Query) -> None:
    hold(queried(door, fields), sample, query)


def test_what_is_sent_is_found(stack: Stack, door: FrontDoor, sample: Sample) -> None:
    with stack.client("sqs") as queues:
        queue = queues.get_queue_url(QueueName="tokstack-library")["QueueUrl"]
        queues.send_message(QueueUrl=queue, MessageBody=json.dumps(NEW))
    found = until(lambda: ids(listed(door, {"search": "Zebrafinch"})))
    assert found == [NEW["tiktokId"]]
    assert listed(door, {"limit": 1})["pagination"]["total"] == len(sample.entrants) + 1
