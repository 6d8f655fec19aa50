"""Languages of subtitles: upstreams write eng-US, the world en-US (BCP 47).

tag                     an upstream's name → the BCP 47 tag
long                    a language in three letters, as files name it
matching                of a post's subtitles, those that somebody asks for
"""

import re
from collections.abc import Sequence

from tokstack.posts.models import Subtitle

_TRANSLATED = "MT"  # by a machine, from what is spoken

# ISO 639-1 and 639-2/T, for those languages that upstreams name in three letters.
_SHORT: dict[str, str] = dict(
    re.findall(
        r"(\w+):(\w+)",
        """
    ara:ar aze:az bul:bg ben:bn bos:bs cat:ca ces:cs dan:da deu:de ell:el eng:en spa:es est:et fas:fa fin:fi fra:fr
    heb:he hin:hi hrv:hr hun:hu ind:id isl:is ita:it jpn:ja jav:jv kat:ka kaz:kk khm:km kor:ko lao:lo lit:lt lav:lv
    mkd:mk msa:ms mya:my nob:nb nep:ne nld:nl nor:no pol:pl por:pt ron:ro rus:ru sin:si slk:sk slv:sl sqi:sq srp:sr
    swe:sv swa:sw tam:ta tel:te tha:th tgl:tl tur:tr ukr:uk urd:ur uzb:uz vie:vi zho:zh
""",
    )
)
_LONG = {short: name for name, short in _SHORT.items()}
_TAG = re.compile(r"(?P<language>[A-Za-z]{2,3})(?P<rest>(?:-[A-Za-z0-9]{1,8})*)", re.ASCII)


def tag(name: str) -> str:
    """What is no tag is left as it is."""
    found = _TAG.fullmatch(name.replace("_", "-"))
    if not found:
        return name
    language = found["language"].lower()
    return _SHORT.get(language, language) + found["rest"]


def long(language: str) -> str:
    """What is not known in two letters is left as it is."""
    return _LONG.get(language, language)


def matching(subtitles: Sequence[Subtitle], language: str | None) -> Subtitle | None:
    """In the language that is spoken where None is named; else in just that one, before any kind of it.

    Who names a region or a script means it.
    """
    if language is None:
        spoken = [subtitle for subtitle in subtitles if subtitle.source != _TRANSLATED]
        return next(iter(spoken), None)
    wanted = tag(language).lower()
    tags = [tag(subtitle.language).lower() for subtitle in subtitles]
    same = [subtitle for subtitle, found in zip(subtitles, tags, strict=True) if found == wanted]
    kinds = [subtitle for subtitle, found in zip(subtitles, tags, strict=True) if found.partition("-")[0] == wanted]
    return next(iter(same or kinds), None)
