"""POST /api/download: the files of a post, a profile or a page of another site, as links."""

from tokstack.api.download import DOWNLOAD
from tokstack.api.entry import serve

handler = serve(DOWNLOAD)
