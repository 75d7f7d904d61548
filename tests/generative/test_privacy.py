"""Nothing private is shown, named or mentioned to anybody who did not ask for it, whatever they did."""

import re
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from small_shop import NOW, PRODUCTS, STORES, bought, carted, life_of, looked
from tactful.app.engine import DecideRequest
from tactful.catalog import sensitivity_of
from tactful.model.events import ConsentUpdated, Identified, Traits
from tactful.model.products import Product
from tactful.wiring import open_engine

PRIVATE = (
    Product(id="nappies", title="Nido nappies", product_type="Baby > Nappies"),
    Product(id="test", title="Clarity pregnancy test", product_type="Food > Tests", sensitivity="pregnancy_baby"),
    Product(id="urn", title="Silent urn", product_type="Grief > Urns"),
)
SHOP = (*PRODUCTS, *PRIVATE)
NEVER_SAID = re.compile("|".join(product.title for product in SHOP if sensitivity_of(product) != "none"))
HIDDEN = {product.id for product in SHOP if sensitivity_of(product) != "none"}
acts = st.tuples(st.sampled_from([bought, looked, carted]), st.sampled_from([product.id for product in SHOP]), st.integers(1, 2000))


def told(kind, product_id, hours):
    at = NOW - timedelta(hours=hours)
    return bought(at, product_id) if kind is bought else kind(product_id, at)


@settings(max_examples=25, deadline=None)
@given(st.lists(acts, min_size=1, max_size=20))
def test_no_private_thing_is_shown_or_named(story):
    engine = open_engine("memory:")
    engine.put_products(SHOP)
    engine.put_stores(STORES)
    consent = ConsentUpdated(message_id="yes", at=NOW - timedelta(days=90), user_id="ann", purpose="marketing", channel="email", granted=True)
    person = Identified(message_id="who", at=NOW - timedelta(days=90), user_id="ann", traits=Traits(email="ann@customers.example"))
    engine.import_history([consent, person, *life_of(13), *(told(*act) for act in story)], now=NOW)
    shown = engine.decide(DecideRequest(user_id="ann", placement="home", limit=50), now=NOW).items
    message = next(iter(engine.plan(["ann"], now=NOW, dry_run=True))).message
    written = message.items if message else ()
    assert not HIDDEN & {item.product_id for item in (*shown, *written)}
    assert not any(NEVER_SAID.search(item.reason.text) for item in shown)
    assert message is None or not NEVER_SAID.search(message.subject + message.text)
