"""Products as shops describe them to search engines: schema.org in JSON-LD, from a file or from the pages that carry it.

Understood are Product and what is one, ProductGroup with its variants (nested, or pointing at each other by ``@id``), Offer and AggregateOffer, in an object,
an array, an ``@graph``, a list of items or a data feed.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from tactful.ingest.values import Unreadable
from tactful.ingest.wire import read_json
from tactful.model.errors import InvalidFeed, InvalidInput

Node = dict[str, Any]
PRODUCTS = frozenset({"Product", "ProductModel", "IndividualProduct", "SomeProducts", "Vehicle", "Car"})
GROUP = "ProductGroup"
HOLDERS = ("@graph", "mainEntity", "itemListElement", "dataFeedElement", "item", "itemOffered", "hasPart")
"""Where things lie inside others."""
DEEPEST = 32
CONSIDERATIONS = {
    "alcohol": "addiction",
    "tobacconicotine": "addiction",
    "narcotic": "addiction",
    "drug": "health",
    "healthcare": "health",
    "sexualcontent": "intimacy",
    "unclassifiedadult": "intimacy",
    "weapon": "weapons",
}
"""Our tag by what ``hasAdultConsideration`` says."""
MEANT_BY_LIST = ("strikethroughprice", "listprice", "srp", "msrp")
"""Price types that name what it would cost otherwise."""


def is_linked(value: Any) -> bool:
    """Whether this is JSON-LD.

    >>> is_linked([{"@type": "Product"}]), is_linked([{"id": "mug"}])
    (True, False)
    """
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and any(name in first for name in ("@context", "@graph", "@type"))


def linked_products(value: Any, *, currency: str | None = None) -> Iterator[tuple[int, Any]]:
    """Position and attributes of every product in a document, under Google Merchant's names. ``currency``: where an offer names none."""
    named = {node["@id"]: node for node in nodes(value) if isinstance(node.get("@id"), str) and len(node) > 1}
    seen: set[int] = set()
    position = 0
    for node in nodes(value):
        for product, group in variants(node, named):
            if id(product) not in seen:
                seen.add(id(product))
                position += 1
                yield position, attributes(product, group, currency)


def page_products(body: bytes, *, currency: str | None = None) -> Iterator[tuple[int, Any]]:
    """Line and attributes of every product that a page describes. Raises InvalidFeed where it describes none."""
    scripts = Scripts()
    try:
        scripts.feed(body.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        raise InvalidFeed(f"the page is not UTF-8: byte {problem.start} cannot be read; save it as UTF-8") from problem
    scripts.close()
    if not scripts.found:
        raise InvalidFeed('the page has no <script type="application/ld+json">, so it describes no product')
    for line, text in scripts.found:
        try:
            value = read_json(text.encode())
        except InvalidInput as problem:
            yield line, Unreadable(f"the description is not valid JSON-LD: {problem.message}")
            continue
        for _, product in linked_products(value, currency=currency):
            yield line, product


class Scripts(HTMLParser):
    """Gathers the JSON-LD of a page, with the line where each begins."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[int, str]] = []
        self.line = 0  # 0: outside
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A script of that kind begins."""
        if tag == "script" and (dict(attrs).get("type") or "").strip().lower() == "application/ld+json":
            self.line, self.text = self.getpos()[0], []

    def handle_data(self, data: str) -> None:
        """Some of its text."""
        if self.line:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """It ends."""
        if self.line and tag == "script":
            self.found.append((self.line, "".join(self.text)))
            self.line = 0


def nodes(value: Any, depth: int = 0) -> Iterator[Node]:
    """Every thing in a document that lies where things lie, outermost first."""
    if isinstance(value, list) and depth < DEEPEST:
        for each in value:
            yield from nodes(each, depth + 1)
    elif isinstance(value, dict) and depth < DEEPEST:
        yield value
        for holder in HOLDERS:
            if holder in value:
                yield from nodes(value[holder], depth + 1)


def variants(node: Node, named: dict[str, Node]) -> Iterator[tuple[Node, Node]]:
    """Each product that a thing is or holds, with the group it is a variant of, which may be empty."""
    kinds = kinds_of(node)
    listed = [whole(each, named) for each in many(node.get("hasVariant"))]
    if listed:
        yield from ((each, node) for each in listed)
    elif GROUP in kinds or kinds & PRODUCTS:
        group = next((whole(each, named) for each in many(node.get("isVariantOf"))), {})
        if len(node) > 2 or "@id" not in node:  # else it only points at the product
            yield node, group


def whole(node: Any, named: dict[str, Node]) -> Node:
    """A thing, or the one that its ``@id`` points at."""
    if not isinstance(node, dict):
        return {}
    return node if len(node) > 2 or not isinstance(node.get("@id"), str) else named.get(node["@id"], node)


def many(value: Any) -> list[Any]:
    """What may be one or several, as a list."""
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def kinds_of(node: Node) -> set[str]:
    """The types of a thing, without the address of schema.org."""
    return {last(kind) for kind in many(node.get("@type")) if isinstance(kind, str)}


def last(address: str) -> str:
    """The last part of an address.

    >>> last("https://schema.org/InStock"), last("schema:InStock"), last("InStock")
    ('InStock', 'InStock', 'InStock')
    """
    return address.rstrip("/").rpartition("/")[2].rpartition(":")[2].rpartition("#")[2]


def attributes(node: Node, group: Node, currency: str | None) -> Node:
    """Attributes of one product under Google Merchant's names; what it does not say itself, its group says."""
    own = {name: value for name, value in node.items() if value not in (None, "", [])}
    all_of = {name: value for name, value in group.items() if value not in (None, "", [])} | own
    offers = [offer for offer in many(all_of.get("offers")) if isinstance(offer, dict)]
    size = all_of.get("size")
    told = {
        "id": next((own[name] for name in ("productID", "sku", "gtin13", "gtin", "mpn", "productGroupID") if name in own), None),
        "item_group_id": group.get("productGroupID") or group.get("sku") or all_of.get("inProductGroupWithID"),
        "title": all_of.get("name"),
        "description": all_of.get("description"),
        "link": all_of.get("url") or next((offer["url"] for offer in offers if offer.get("url")), None),
        "image_link": text_of(all_of.get("image"), "contentUrl", "url"),
        "brand": text_of(all_of.get("brand") or all_of.get("manufacturer"), "name"),
        "product_type": text_of(all_of.get("category"), "name", "codeValue"),
        "gtin": next((own[name] for name in ("gtin", "gtin13", "gtin14", "gtin12", "gtin8") if name in own), None),
        "color": all_of.get("color"),
        "size": text_of(size, "name", "value"),
        "gender": gender(all_of.get("audience")),
        "adult": "yes" if all_of.get("isFamilyFriendly") in (False, "false", "False") else None,
        "sensitivity": next((tag for each in many(all_of.get("hasAdultConsideration")) if (tag := consideration(each)) is not None), None),
        "release_date": all_of.get("releaseDate"),
    } | best_offer(offers, currency)
    return {name: value for name, value in told.items() if value not in (None, "")}


def text_of(value: Any, *names: str) -> Any:
    """The text itself, or what a thing calls it; of several the first."""
    first = next(iter(many(value)), None)
    return next((first[name] for name in names if first.get(name)), None) if isinstance(first, dict) else first


def gender(audience: Any) -> str | None:
    """For whom it is meant: male, female or unisex."""
    told = next((each.get("suggestedGender") for each in many(audience) if isinstance(each, dict)), None)
    return last(told).lower() if isinstance(told, str) else None


def consideration(value: Any) -> str | None:
    """Our tag for what a shop says grown-ups should consider; None for what is not private."""
    return CONSIDERATIONS.get(last(value).lower().removesuffix("consideration")) if isinstance(value, str) else None


def best_offer(offers: list[Node], currency: str | None) -> Node:
    """Price and availability: of the offers that can be bought, the cheapest."""
    every = [each for offer in offers for each in (*(inner for inner in many(offer.get("offers")) if isinstance(inner, dict)), offer)]
    told = [(each, *amounts(each)) for each in every]
    priced = [(each, now, regular, money) for each, now, regular, money in told if now is not None]
    if not priced:
        return {"availability": next((each["availability"] for each in every if each.get("availability")), None)}
    sold_out = ("outofstock", "soldout", "discontinued")
    buyable = [each for each in priced if last(str(each[0].get("availability"))).lower() not in sold_out] or priced
    best, now, regular, money = min(buyable, key=lambda each: number(each[1]))
    stock = best.get("availability") or next((each["availability"] for each in every if each.get("availability")), None)
    money = money or currency or ""
    reduced = regular is not None and number(regular) > number(now)
    prices = {"price": f"{regular} {money}", "sale_price": f"{now} {money}"} if reduced else {"price": f"{now} {money}"}
    return prices | {"availability": stock}


def amounts(offer: Node) -> tuple[Any, Any, Any]:
    """What an offer costs now, what it costs otherwise where it says so, and in which currency."""
    now, regular, money = offer.get("price", offer.get("lowPrice")), None, offer.get("priceCurrency")
    for each in many(offer.get("priceSpecification")):
        if not isinstance(each, dict):
            continue
        money = money or each.get("priceCurrency")
        if last(str(each.get("priceType", ""))).lower() in MEANT_BY_LIST:
            regular = each.get("price")
        elif now is None:
            now = each.get("price")
    return now, regular, money


def number(amount: Any) -> float:
    """An amount to compare by; what is none is dearest, and reading it tells what is wrong."""
    try:
        return float(str(amount).replace(",", ""))
    except ValueError:
        return float("inf")
