"""Commands about words: preview what customers would read, and check a folder of words."""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tactful.cli._options import DEFAULT_DATA, Data, Json, Now, Store, clock
from tactful.cli._screen import show
from tactful.model.errors import InvalidInput

if TYPE_CHECKING:
    from tactful.app.preview import Preview


def preview(
    *,
    locale: Annotated[list[str] | None, typer.Option(metavar="LOCALE", help="Only this one, like fr-CA; may be given again.")] = None,
    trigger: Annotated[str | None, typer.Option(metavar="NAME", help="Only this message.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write all letters into one page, as they would look.")] = None,
    now: Now = None,
    data: Data = DEFAULT_DATA,
    store: Store = None,  # noqa: ARG001 - every command takes it; words lie beside the database
    as_json: Json = False,
) -> None:
    """Print every message in every language, about sample products, with the words of the data directory where it has its own."""
    from tactful.app.preview import previews
    from tactful.outreach import discover_triggers
    from tactful.wiring import words_of

    names = tuple(each.name for each in discover_triggers())
    if trigger is not None and trigger not in names:
        raise InvalidInput(f"there is no trigger {trigger!r}; there are {', '.join(names)}")
    book = words_of(data)
    wishes = locale or book.locales
    unspoken = [wish for wish in wishes if not book.speaks(wish)]
    if unspoken:
        raise InvalidInput(f"{unspoken[0]} is not spoken here; there are {', '.join(book.locales)}")
    found = [each for wish in wishes for each in previews(book.speak(wish), (trigger,) if trigger else names, now=clock(now))]
    if html is not None:
        html.write_text(_page(found), encoding="utf-8")
    show({"messages": found}, _lines(found), as_json=as_json)


def _lines(found: "list[Preview]") -> Iterator[str]:
    for each in found:
        yield from (f"== {each.locale} {each.trigger}", each.letter.subject, "", each.letter.text, "")


def _page(found: "list[Preview]") -> str:
    frames = "\n".join(
        f'<h2>{each.locale} {each.trigger}: <bdi>{escape(each.letter.subject)}</bdi></h2>\n<iframe title="{each.locale} {each.trigger}" sandbox '
        f'srcdoc="{escape(each.letter.html)}" style="width:100%;height:32em;border:1px solid #ccc"></iframe>'
        for each in found
    )
    return f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Words</title></head><body>\n<h1>Words</h1>\n{frames}\n</body></html>\n'


def check(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="Words of your own; none means the shipped ones and those of the data directory.")
    ] = None,
    *,
    data: Data = DEFAULT_DATA,
    store: Store = None,  # noqa: ARG001 - every command takes it; words lie beside the database
    as_json: Json = False,
) -> int:
    """Check words: complete, in the right forms, with a reason and a way out, and never pushy, pitiful, coy or knowing. Exits 1 where something is wrong."""
    from tactful.wiring import WORDS_FOLDER, load_words
    from tactful.words import SHIPPED, lint

    own = folder or (data / WORDS_FOLDER if (data / WORDS_FOLDER).is_dir() else None)
    texts = load_words(own) if own else {}
    faults = ([] if folder else lint()) + (lint(texts) if own else [])
    count = len(texts) if folder else len(texts) + len(SHIPPED)
    lines = [*map(str, faults), f"{count} files, {len(faults)} faults"]
    show({"files": count, "faults": faults}, lines, as_json=as_json)
    return 1 if faults else 0
