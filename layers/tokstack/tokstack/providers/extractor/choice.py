"""Which of a file's renditions is wanted."""

from dataclasses import dataclass

_SMALL = 480  # pixels; of a film that is fetched for its sound alone


@dataclass(frozen=True, slots=True)
class Choice:
    """The best by default; `short_side` is the most pixels that it may have, if there is one so small."""

    short_side: int | None = None
    sound_only: bool = False

    @property
    def formats(self) -> str:
        """yt-dlp's selector. Picture and sound apart are two files, where that is better than what is in one."""
        return "ba/b/bv*" if self.sound_only else "bv*+ba/b/ba"

    @property
    def order(self) -> list[str]:
        """yt-dlp's order, most wanted first: the size, what plays everywhere, then one file rather than many."""
        size = f"res:{_SMALL}" if self.sound_only else f"res:{self.short_side}" if self.short_side else "res"
        return [size, "vcodec:h264", "hasaud", "proto", "acodec:aac", "ext:mp4:m4a"]
