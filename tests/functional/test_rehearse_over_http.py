"""Scenarios against a running server give what they give in process."""

import gzip
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import uvicorn

from tactful.http import create_app, dev_keys
from tactful.model.errors import InvalidInput, NotReady
from tactful.rehearse import InProcess, OverHttp, play, read_scenarios
from tactful.wiring import open_engine

PRODUCTS = """id\ttitle\tprice\tproduct_type
mug\tMug\t9.00 EUR\tKitchen > Mugs
beans\tBeans\t12.00 EUR\tFood > Coffee
"""
BOUGHT = '{{"type":"track","event":"Order Completed","messageId":"h{0}","userId":"bg-{1}","timestamp":"2026-01-{2:02}T10:00:00Z","properties":{3}}}'
LINE = '{"order_id":"o%d","products":[{"product_id":"beans","price":12,"quantity":1}]}'
STORY = """
name: sold-out
story: Beans run out and are bought; the mug is not for sale any more; a tray is new.
shop: shop
now: 2026-03-01T10:00:00Z
customer: ann
events:
  - {at: -120d, track: Order Completed, properties: {order_id: a-1, products: [{product_id: beans, price: 12, quantity: 1}]}}
  - {at: -90d, track: Order Completed, properties: {order_id: a0, products: [{product_id: beans, price: 12, quantity: 1}]}}
  - {at: -60d, track: Order Completed, properties: {order_id: a1, products: [{product_id: beans, price: 12, quantity: 1}]}}
  - {at: -30d, track: Order Completed, properties: {order_id: a2, products: [{product_id: beans, price: 12, quantity: 1}]}}
  - {at: -1d, product: {id: mug, availability: out_of_stock}}
  - {at: -1d, product: {id: tray, title: Tray, price: 20.00 EUR, product_type: Kitchen > Trays}}
asks:
  - {at: 0d, decide: {placement: home}, expect: {never: [mug, beans-*], explained: true}}
  - {at: 0d, outreach: {}, expect: {silent: true, because: [no_consent, unreachable]}}
  - {at: 0d, customer: {}, expect: {customer: {no-such-thing: 1}}}
  - {at: 0d, moderate: {text: hello}, expect: {verdict: [allow]}}
"""


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenarios")
    (folder / "shop").mkdir()
    (folder / "shop" / "products.tsv").write_text(PRODUCTS)
    (folder / "shop" / "stores.json").write_text("[]")
    lines = [BOUGHT.format(n, n % 7, n % 28 + 1, LINE % n) for n in range(60)]
    (folder / "shop" / "history.ndjson.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    (folder / "story.yaml").write_text(STORY)
    [scenario] = read_scenarios(folder / "story.yaml")
    return scenario


@contextmanager
def serving():
    engine = open_engine("memory:")
    app = create_app(engine, keys=dev_keys(), clock=lambda: datetime.now(UTC))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        engine.store.close()


def missed(outcome):
    return [(shortfall.ask, shortfall.missed) for shortfall in outcome.shortfalls]


def test_a_scenario_gives_the_same_in_process_and_over_http(story):
    with InProcess() as target:
        here = play(story, target)
    with serving() as url, OverHttp(url, key="dev-secret") as target:
        there = play(story, target)
        again = play(story, target)
    assert missed(here) == missed(there) == missed(again) == [("customer", ("customer: no-such-thing should be 1, is not there",))]


def test_a_wrong_key_is_told_in_one_line(story):
    with serving() as url, OverHttp(url, key="wrong") as target, pytest.raises(InvalidInput, match="PUT /v1/products was refused with 401: "):
        play(story, target)


def test_a_server_that_is_not_there_is_told_in_one_line(story):
    with OverHttp("http://127.0.0.1:9", key="k") as target, pytest.raises(NotReady, match=r"does not answer .* is tactful serve running there"):
        play(story, target)


@pytest.mark.parametrize("url", ["127.0.0.1:8321", "ftp://shop.example", "http://"])
def test_what_is_no_address_is_told(url):
    with pytest.raises(InvalidInput, match="is no address of a server; write it like"):
        OverHttp(url, key="k")
