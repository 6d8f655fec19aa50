"""A sound, and the posts that use it."""

from tokstack.api.backends import lists
from tokstack.api.families import SocialSuccess
from tokstack.api.http import Reply
from tokstack.api.routes import Call, NoQuery
from tokstack.api.social import answers
from tokstack.api.social.asking import ListQuery, audio_id, count, part, route
from tokstack.api.social.objects import Audio
from tokstack.api.social.sounds import audio
from tokstack.errors import Code


class AudioVideosQuery(ListQuery):
    count: int = count(30)


def _audio(_: NoQuery, call: Call) -> Reply:
    found = audio(lists().sound(audio_id(call)))
    return Reply.json(200, SocialSuccess[Audio](data=answers.outermost(found)))


def _videos(asked: AudioVideosQuery, call: Call) -> Reply:
    return answers.videos(lists().posts_with(audio_id(call), part(asked)), asked, call)


AUDIO = route(
    "/v1/tiktok/audios/{audioId}",
    name="audio",
    summary="A sound",
    asks=NoQuery,
    answer=_audio,
    success=SocialSuccess[Audio],
    errors=(Code.AUDIO_NOT_FOUND,),
)

AUDIO_VIDEOS = route(
    "/v1/tiktok/audios/{audioId}/videos",
    name="audio-videos",
    summary="The posts that use a sound",
    asks=AudioVideosQuery,
    answer=_videos,
    success=SocialSuccess[answers.Videos],
    errors=(Code.AUDIO_NOT_FOUND,),
)
