"""`tokstack library shops`"""

from collections.abc import Iterator
from typing import IO, Annotated

import typer
from pydantic import ValidationError

from cli.output import remark, say, watched
from cli.stack import Stack, library_table_of
from tokstack.library.item import Shop
from tokstack.library.lines import Line, Rejection, lines
from tokstack.library.reading import UnreadableError, parsed
from tokstack.library.recognise import sentence
from tokstack.library.shops import Shops, known

app = typer.Typer(no_args_is_help=True, help="What is known of the shops that items lead to.")

_AT_ONCE = 1000
_READ_AT_ONCE = 1 << 20
_TOLD = 20  # lines that make no sense, one by one


@app.command()
def load(
    file: Annotated[typer.FileBinaryRead, typer.Argument(metavar="FILE.jsonl", help="One shop a line, with `domain`.")],
    *,
    stack: Stack = None,
) -> None:
    """Tell the library about shops: names, countries, visits, growth, products.

    A shop is known by its `domain`. What is told about it takes the place of what was told before, and is shown at
    once; items that are in the library already are found by its country after `tokstack library rebuild`.
    """
    taken = rejected = 0
    ahead: list[Shop] = []
    with library_table_of(stack) as table:
        for shop in watched(_shops(file), "Loading"):
            if isinstance(shop, Rejection):
                rejected += 1
                if rejected <= _TOLD:
                    remark(f"Line {shop.number}: {shop.reason}")
                continue
            taken += 1
            ahead.append(shop)
            if len(ahead) == _AT_ONCE:
                Shops(table).put(ahead)
                ahead = []
        Shops(table).put(ahead)
    say(f"{taken} taken, {rejected} rejected.")
    if rejected:
        raise typer.Exit(1)


def _shops(file: IO[bytes]) -> Iterator[Shop | Rejection]:
    for line in lines(iter(lambda: file.read(_READ_AT_ONCE), b"")):
        yield _shop(line) if isinstance(line, Line) else line


def _shop(line: Line) -> Shop | Rejection:
    try:
        shop = known(Shop.model_validate(parsed(line.text)))
    except UnreadableError as error:
        return Rejection(line.number, str(error))
    except ValidationError as error:
        return Rejection(line.number, sentence(error))
    return shop or Rejection(line.number, "A shop is known by its domain, and this has none.")
