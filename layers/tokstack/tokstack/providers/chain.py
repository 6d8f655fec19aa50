"""The post providers, asked in order of cost until the post has what was asked for."""

from collections.abc import Sequence

from tokstack.errors import Code, TokstackError
from tokstack.posts.models import Post
from tokstack.posts.references import PostRef
from tokstack.providers.asking import REQUIRED, WANTED, Asking, Causes
from tokstack.providers.completeness import merge, missing
from tokstack.providers.deadline import Deadline
from tokstack.providers.protocol import PostProvider


class Chain:
    def __init__(self, asking: Asking, providers: Sequence[PostProvider]) -> None:
        self._asking = asking
        self._providers = providers

    def post(
        self,
        reference: PostRef,
        known: Post | None,
        required: frozenset[str],
        wanted: frozenset[str],
        deadline: Deadline,
        *,
        patient: bool = False,
    ) -> Post:
        """The post with all of `required`, and of `wanted` what could be had; `known` is what is known of it already.

        Until one has answered, everyone is asked and a final failure ends it. From then on only those are
        asked who can fill what is missing, and no failure of theirs undoes the answer that is there.
        """
        post, causes = known, Causes()
        for provider in self._providers:
            if post is not None and not missing(post, required | wanted) & provider.fills:
                continue
            needed = post is None or missing(post, required) & provider.fills
            try:
                answer = self._asking.ask(
                    provider,
                    lambda provider, seconds: _same(reference, provider.post(reference, seconds)),
                    deadline,
                    effort=REQUIRED if needed or patient else WANTED,
                )
            except TokstackError as error:
                if post is None and not error.passing:
                    raise
                causes.add(provider, error)
            else:
                post = answer if post is None else merge(post, answer)
        if post is None or missing(post, required):
            raise causes.error()
        return post


def _same(reference: PostRef, post: Post) -> Post:
    if post.id != reference.id:
        raise TokstackError(Code.UPSTREAM_CHANGED, "It answered with another post.")
    return post
