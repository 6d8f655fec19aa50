"""What the description's examples ask for besides real posts: it is there where the sample upstream stands in."""

from tokstack.posts.references import PostRef

USERNAME = "daily.archive"
POST = PostRef("7710036254897389660", USERNAME)
AUDIO = "7193938317725203377"
COMMENT = "7710077892666336290"
TAG = "nobody"
