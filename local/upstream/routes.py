"""Which host and path is answered by what."""

import re
from collections.abc import Callable
from http import HTTPStatus

from local.upstream import site_media, site_tiktok, site_tikwm, site_tikwm_lists, site_web
from local.upstream.answers import Answer, Request, Surface, bare_page
from local.upstream.links import MEDIA_HOST
from local.upstream.world import World

_WEB, _TIKWM = r"(?:www\.)?tiktok\.com", r"www\.tikwm\.com"
_ID, _NAME = r"(?P<post_id>\d{1,21})", r"(?P<name>[^/]+)"
_ROUTES: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    (_WEB, rf"/@[^/]*/(?:video|photo)/{_ID}", site_tiktok.post_page),
    (_WEB, rf"/@{_NAME}", site_tiktok.profile_page),
    (_WEB, rf"/embed/(?:v2/)?{_ID}", site_tiktok.post_embed),
    (_WEB, rf"/embed/@{_NAME}", site_tiktok.user_embed),
    (_WEB, r"/player/v1/\d+", site_tiktok.player_page),
    (_WEB, r"/player/api/v1/items", site_tiktok.player_items),
    (_WEB, r"/api/creator/item_list", site_tiktok.item_list),
    (_WEB, r"/oembed", site_tiktok.oembed),
    (_WEB, r"/aweme/v1/play", site_tiktok.play_address),
    (_WEB, r"(?:/login)?", site_tiktok.front_page),
    (r"(?:(?:www|m)\.)?tiktokv?\.com", rf"(?:/i18n)?/share/video/{_ID}", site_tiktok.to_post),
    (r"(?:(?:www|m)\.)?tiktok\.com", rf"/v/{_ID}(?:\.html)?", site_tiktok.to_post),
    (r"(?:(?:www|m|lite)\.)?tiktok\.com", r"/t/\w+", site_tiktok.short_link),
    (r"v[mt]\.tiktok\.com", r"/\w+", site_tiktok.short_link),
    (r"m\.tiktok\.com", r".*", site_tiktok.to_www),
    (_TIKWM, r"/api", site_tikwm.post),
    (_TIKWM, r"/api/user/posts", site_tikwm.user_posts),
    (_TIKWM, r"/api/user/info", site_tikwm.user_info),
    (_TIKWM, r"/api/user/followers", site_tikwm_lists.followers),
    (_TIKWM, r"/api/user/following", site_tikwm_lists.following),
    (_TIKWM, r"/api/user/favorite", site_tikwm_lists.favorite),
    (_TIKWM, r"/api/music/info", site_tikwm_lists.music_info),
    (_TIKWM, r"/api/music/posts", site_tikwm_lists.music_posts),
    (_TIKWM, r"/api/challenge/info", site_tikwm_lists.tag_info),
    (_TIKWM, r"/api/challenge/posts", site_tikwm_lists.tag_posts),
    (_TIKWM, r"/api/feed/search", site_tikwm_lists.search),
    (_TIKWM, r"/api/comment/list", site_tikwm_lists.comments),
    (_TIKWM, r"/api/comment/reply", site_tikwm_lists.replies),
)


def answer(world: World, request: Request) -> Answer:
    if MEDIA_HOST.fullmatch(request.host):
        return site_media.media(world, request)
    if request.host.endswith(".example"):
        return site_web.web(world, request)
    path = request.path.rstrip("/")
    for host_form, path_form, site in _ROUTES:
        if re.fullmatch(host_form, request.host) and (found := re.fullmatch(path_form, path)):
            return site(world, request, **found.groupdict())
    return bare_page(Surface.OTHER, HTTPStatus.NOT_FOUND, "Not Found")
