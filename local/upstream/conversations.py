"""Who says what of a post, and whom people know: made of the catalogue's seed as it is asked for.

The platform's own figures (how many comments a post has, how many followers a person) are larger than these lists,
as they are on the real one, which does not list them all either.
"""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from local.upstream.catalog import Catalog, Post
from local.upstream.people import FANS, PEOPLE, WORDS, Person

MOST_COMMENTS, MOST_REPLIES = 64, 55
_DAY = 86_400
_ODD = (
    "\u200fتعليق من اليمين 🌙 مع English",
    "👩‍👩‍👧‍👦🇧🇷❤️‍🔥",
    "e\u0301 is not \u00e9, and \u1e9b\u0323 is neither",
    '<b>no markup</b> & "quotes" \\u0041 {{x}}',
    "two\nlines\tand a tab",
    "",
)


@dataclass(frozen=True)
class Comment:
    id: str
    text: str
    author: Person
    created: int
    likes: int
    replies: int  # how many it has; of a reply, none


@cache
def comments(post: Post) -> tuple[Comment, ...]:
    """The comments of a post, those that are liked most first."""
    rng = random.Random(f"comments {post.id}")  # noqa: S311 - to be foreseen
    number = min(post.counters.comments, rng.randint(0, MOST_COMMENTS))
    made = (_comment(rng, post.created + rng.randrange(_DAY), n) for n in range(number))
    return tuple(sorted(made, key=lambda comment: comment.likes, reverse=True))


@cache
def replies(comment: Comment) -> tuple[Comment, ...]:
    """The answers to a comment, in the order in which they were given."""
    rng = random.Random(f"replies {comment.id}")  # noqa: S311 - as above
    times = sorted(comment.created + rng.randrange(1, _DAY) for _ in range(comment.replies))
    return tuple(_said(rng, created, 0, rng.choice(PEOPLE)) for created in times)


def comment(catalog: Catalog, comment_id: str) -> Comment | None:
    """By its id alone, which begins with the time when it was written."""
    written = int(comment_id) >> 32
    near = (post for post in catalog.shown if post.created <= written <= post.created + _DAY)
    return next((one for post in near for one in comments(post) if one.id == comment_id), None)


def followers(person: Person) -> list[Person]:
    """The newest first."""
    return _some(person, "followers", min(person.followers, 75))


def following(person: Person) -> list[Person]:
    return _some(person, "following", min(person.following, 40))


def liked(catalog: Catalog, person: Person) -> list[Post]:
    """The newest first."""
    return [post for post in catalog.shown if _digest(f"{person.handle} {post.id}") % 9 == 0]


def _comment(rng: random.Random, created: int, number: int) -> Comment:
    answers = MOST_REPLIES if number == 0 else rng.choice((0, 0, 0, 1, 2, 5))
    said = _said(rng, created, answers, rng.choice((*PEOPLE, *FANS)))
    return said if number >= len(_ODD) else Comment(**{**vars(said), "text": _ODD[number]})


def _said(rng: random.Random, created: int, answers: int, author: Person) -> Comment:
    words = WORDS[author.language].split()
    return Comment(
        id=str(created << 32 | rng.getrandbits(31)),
        text=" ".join(rng.sample(words, rng.randint(2, 6))),
        author=author,
        created=created,
        likes=int(10 ** rng.uniform(0, 4)),
        replies=answers,
    )


def _some(person: Person, why: str, number: int) -> list[Person]:
    others: Sequence[Person] = [other for other in (*PEOPLE, *FANS) if other != person]
    return random.Random(f"{why} {person.handle}").sample(others, min(number, len(others)))  # noqa: S311 - as above


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
