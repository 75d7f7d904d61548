"""Every message as it would read, about products made up for the purpose: so that somebody may read what customers will."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import Struct

from tactful.catalog import build_table
from tactful.model.candidates import Because, Evidence
from tactful.model.decisions import Item, Message, Reason
from tactful.model.products import Money, Product
from tactful.words import Letter, Links, Words, letter

LINKS = Links(unsubscribe_url="https://shop.example/u/7f3a", preferences_url="https://shop.example/me/7f3a")
SENDER = ("The shop", "1 High Street, Anytown")
PRODUCTS = (
    Product(id="coffee", title="Peakroast filter coffee", price=Money(Decimal("8.50"), "EUR"), brand="Peakroast", link="https://shop.example/coffee"),
    Product(id="camera", title="Optika X10 <Pro> & case", price=Money(Decimal("1299.00"), "EUR"), brand="Optika", link="https://shop.example/camera"),
    Product(id="cup", title="فنجان قهوة", price=Money(Decimal("12.00"), "EUR"), brand="بيت القهوة", link="https://shop.example/cup"),
)


class Preview(Struct, frozen=True, kw_only=True):
    """One message in one language."""

    locale: str
    trigger: str
    letter: Letter


def previews(words: Words, triggers: tuple[str, ...], *, now: datetime) -> Iterator[Preview]:
    """Each trigger's message, about all the sample products."""
    catalog = build_table(PRODUCTS, (), version=1)
    for trigger in triggers:
        evidence = tuple(Evidence(message_id=f"m{days}", at=now - timedelta(days=days)) for days in (12, 3))
        about = PRODUCTS if words.explains(trigger) else ()
        items = []
        for row, product in enumerate(about):
            last_at = now - timedelta(days=9 + 200 * row)
            because = Because(code=trigger, evidence=evidence, every_days=7.0 + row, last_at=last_at, seen_price=1349.0, times=3 + row, percent_off=20.0)
            text = words.reason(because, row, catalog, now=now)
            items.append(Item(product_id=product.id, group_id=product.id, score=0.5, reason=Reason(code=trigger, text=text, source="observed_here")))
        message = Message(
            message_id="preview",
            trigger=trigger,
            channel="email",
            send_at=now,
            items=tuple(items),
            subject=words.subject(trigger, [product.title for product in about]),
            text=words.text(items),
            locale=words.locale,
        )
        products = {product.id: product for product in PRODUCTS}
        yield Preview(locale=words.locale, trigger=trigger, letter=letter(words, message, LINKS, products=products, sender=SENDER))
