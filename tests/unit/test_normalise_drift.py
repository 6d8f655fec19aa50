"""Whatever an upstream takes out of a payload or puts into it, what is left is read or refused as changed."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.payloads import altered, recorded, unless_changed
from tokstack.posts.models import Author, Post, Sound
from tokstack.posts.normalise import aweme, embed, oembed, player, tikwm, web

Read = Callable[[Any], Author | Post | Sound | tuple[Post, ...] | None]

FAMILIES: dict[str, tuple[Read, str, tuple[str | int, ...]]] = {
    "slides": (web.post, "item_detail_photo/photo.composed.json", ("itemInfo", "itemStruct")),
    "list": (web.posts, "item_list/post-item-list-2025-10.json", ()),
    "profile": (web.user, "user_detail/user-detail-2025-12.json", ("userInfo",)),
    "player": (player.post, "player_items/items-video.composed.json", ("items", 0)),
    "embed": (
        embed.post,
        "embed_shape/embed-v2-state.composed.json",
        ("source", "data", "/embed/v2/7377599319744056584", "videoData"),
    ),
    "tikwm": (tikwm.posts, "tikwm/user-posts-with-photo-2026-08.json", ("data",)),
    "tikwm account": (tikwm.user, "tikwm/user-info-2022.json", ("data",)),
    "tikwm sound": (tikwm.sound, "tikwm/music-info-2022.json", ("data",)),
    "oembed": (oembed.post, "oembed/oembed-2026-09.json", ()),
    "aweme sound": (aweme.sound, "music_detail/music-detail-app-2021.json", ("music_info",)),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_drift_is_survived(family: str) -> None:
    read, name, path = FAMILIES[family]
    payload = recorded(name)
    for step in path:
        payload = payload[step]

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def survives(data: st.DataObject) -> None:
        found = unless_changed(read, data.draw(altered(payload)))
        for model in found if isinstance(found, tuple) else (found,):
            assert model is None or type(model).model_validate_json(model.model_dump_json()) == model

    survives()
