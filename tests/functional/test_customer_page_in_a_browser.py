"""The customer's page in a real browser, with JavaScript off: every button does what it says, and nothing is loaded from, or told to, anybody else."""

import json

from javascript import chromium, needs_browser, needs_libraries, run
from serving import server
from small_shop import NOW, PRODUCTS, STORES, ago, bought, happened
from tactful.http import dev_keys
from tactful.model.events import ConsentUpdated, Identified, RecommendationDismissed, Traits, Unsubscribed
from tactful.outreach import CUSTOMER_PAGE, link_token
from tactful.wiring import open_engine

pytestmark = [needs_libraries, needs_browser]
LIFE = [
    happened(Identified, ago(300), traits=Traits(email="ann@customers.example", timezone="Europe/London")),
    happened(ConsentUpdated, ago(299), purpose="marketing", channel="email", granted=True),
    *(bought(ago(17 + 14 * n), "coffee") for n in range(8)),
]


def written_to(location):
    """A customer with a message; the path of her page."""
    engine = open_engine(location)
    engine.put_products(PRODUCTS)
    engine.put_stores(STORES)
    engine.record(LIFE, now=NOW)
    (plan,) = engine.plan(["ann"], now=NOW, dry_run=False)
    engine.store.close()
    return f"/me/{link_token(plan.message.message_id, dev_keys().links_key, leads_to=CUSTOMER_PAGE)}"


def test_every_button_does_what_it_says(tmp_path):
    path = written_to(tmp_path)
    buttons = ("Not this", "Take it back", "Quiet until I say otherwise", "End the quiet", "Save", "Nothing more about Coffee", "No more e-mail")
    with server(tmp_path) as port, run("answer.cjs", chromium(), f"http://127.0.0.1:{port}{path}", *buttons) as customer:
        output, errors = customer.communicate(timeout=120)
        assert output, errors
    seen = json.loads(output)
    assert seen["problems"] == []
    first, *after = seen["said"]
    assert "You buy Peakroast coffee about every 14 days" in first
    assert all("Noted. It holds from now on" in said for said in after)
    for said, words in zip(
        after, ("You said: Not this.", "Not this", "until you say otherwise", "I say otherwise", "How often", "You said:", "no more e-mail"), strict=True
    ):
        assert words in said
    assert {request["url"].split("/")[2] for request in seen["requests"]} == {f"127.0.0.1:{port}"}
    assert [request["status"] for request in seen["requests"] if request["method"] == "POST"] == [303] * len(buttons)
    engine = open_engine(tmp_path)
    kinds = [type(event) for event in engine.store.events.read("u:ann")]
    engine.store.close()
    assert (kinds.count(RecommendationDismissed), kinds.count(Unsubscribed)) == (2, 1)
