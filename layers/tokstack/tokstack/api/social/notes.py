"""A note, made of a comment: the one place where it is."""

from tokstack.api.social.objects import Note
from tokstack.api.social.people import person
from tokstack.posts.models import Comment
from tokstack.posts.references import PostRef


def note(comment: Comment, post_id: str, *, answers: str | None = None) -> Note:
    """`answers` is the comment that it replies to."""
    address = _address(post_id, comment.id)
    return Note(
        id=address,
        url=address,
        entity_id=comment.id,
        internal_id=comment.id,
        content=comment.text or "",
        language=comment.language,
        published=comment.created_at,
        like_count=comment.likes or 0,
        reply_count=comment.replies,
        is_pinned=comment.pinned,
        in_reply_to=_address(post_id, answers) if answers else PostRef(post_id).url,
        attributed_to=person(comment.author),
    )


def _address(post_id: str, comment_id: str) -> str:
    return f"{PostRef(post_id).url}?comment_id={comment_id}"
