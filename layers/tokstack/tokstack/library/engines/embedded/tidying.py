"""What the index left behind in the bucket: files that a publication made obsolete, and those of writers that failed.

Readers can be fetching what was obsolete a moment ago, so each publication notes what it makes obsolete, and when, in
`index/retired/`. Files that no manifest of the last hour names, and that are older than an hour, are nobody's.
"""

from tokstack.library.engines.embedded.publication import FILES, RETIRED, Publications

HOUR = 3600
TOO_LATE = 1800  # seconds from the first file of a publication to its manifest, so that none of them is tidied away


def tidy(publications: Publications, now: float) -> None:
    """Deletes what is nobody's. The manifest is read before the notes: each was written before its manifest was.

    Where it is outdated nobody here knows what it names, and nothing is deleted.
    """
    files = publications.listed(FILES)
    manifest = publications.latest().manifest
    if manifest.outdated:
        return
    named = set(manifest.sizes)
    notes = publications.listed(RETIRED)
    old = [key for key, noted_at in notes.items() if noted_at < now - HOUR]
    for key in notes.keys() - set(old):
        named.update(publications.retired(key))
    orphans = [key for key, put_at in files.items() if put_at < now - HOUR and key.removeprefix(FILES) not in named]
    publications.delete([*orphans, *old])
