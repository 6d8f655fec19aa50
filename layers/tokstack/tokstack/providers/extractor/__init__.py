"""The extractor for sites other than TikTok: yt-dlp, whose only network is the guarded client, one per job.

extractor       what a page holds, and the bytes of one of its files
choice          which of a file's renditions is wanted
items           what yt-dlp tells of a page, as our models
heads           what a file is by its first bytes
verdicts        what goes wrong on the way, as our errors
library         yt-dlp without programs, plugins, files, caches and any network of its own
handler         its requests, sent by the guarded client

yt-dlp is imported by the last five alone, and they by nobody before an Extractor is first used.
"""
