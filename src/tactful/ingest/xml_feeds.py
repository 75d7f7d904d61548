"""Product feeds in XML: RSS 2.0 and Atom with Google Merchant's attributes (``g:``)."""

from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from tactful.model.errors import InvalidFeed

ITEMS = ("item", "entry")
CHUNK = 64 * 1024
"""Bytes read at a time; what they held is handed out before the next are read."""


class Items:
    """Gathers the attributes of every item while the parser walks by. Refuses a document type, and with it every entity."""

    def __init__(self) -> None:
        self.found: list[tuple[int, Any]] = []
        self.item: dict[str, Any] | None = None
        self.line = 0  # 0: no item yet
        self.depth = 0
        self.text: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text.append
        self.parser.StartDoctypeDeclHandler = self.refuse

    def refuse(self, *_: Any) -> None:
        """Called for ``<!DOCTYPE``."""
        raise InvalidFeed("the feed must not declare a document type; leave <!DOCTYPE ...> out")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self.text.clear()
        if self.item is not None:
            self.depth += 1
            if self.depth == 1 and "href" in attributes:  # Atom keeps an address in an attribute.
                self.item.setdefault(local(name), attributes["href"])
        elif local(name) in ITEMS:
            self.item, self.line = {}, self.parser.CurrentLineNumber

    def end(self, name: str) -> None:
        """An element ends. An attribute with ``g:`` outranks its namesake without; of several the first counts."""
        if self.item is None:
            return
        if self.depth == 0:
            self.found.append((self.line, self.item))
            self.item = None
            return
        if self.depth == 1 and (text := "".join(self.text).strip()):
            key = local(name)
            if key == name:
                self.item.setdefault(key, text)
            else:
                self.item.setdefault(f"g:{key}", text)
        self.depth -= 1
        self.text.clear()


def local(name: str) -> str:
    """The name of an element without its prefix.

    >>> local("g:image_link")
    'image_link'
    """
    return name.rpartition(":")[2].lower()


def xml_items(body: bytes) -> Iterator[tuple[int, Any]]:
    """Line and attributes of every item of a feed. Raises InvalidFeed where it is no well-formed XML, has a document type, or lists nothing."""
    items = Items()
    try:
        for at in range(0, len(body) + 1, CHUNK):
            items.parser.Parse(body[at : at + CHUNK], at + CHUNK > len(body))
            for line, item in items.found:
                yield line, {key: value for key, value in item.items() if f"g:{key}" not in item}
            items.found.clear()
    except (expat.ExpatError, LookupError, ValueError) as problem:
        raise InvalidFeed(f"the feed is not well-formed XML: {problem}") from problem
    if items.line == 0:
        raise InvalidFeed("the feed has no <item> (RSS) and no <entry> (Atom), so it lists no product")
