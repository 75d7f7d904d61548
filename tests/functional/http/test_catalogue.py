"""The catalogue over HTTP with the real engine: whole feeds, parts of them, stock in stores, and what is gone."""

from datetime import UTC, datetime

import pytest
from litestar.testing import TestClient

from tactful.http import create_app, dev_keys
from tactful.wiring import open_engine

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
SECRET = {"Authorization": "Bearer dev-secret"}
HEADER = "id\ttitle\tprice\tproduct_type\tbrand\n"
MUG, CUP = "mug\tMug\t9.00 EUR\tKitchen\tAlder\n", "cup\tCup\t7.00 EUR\tKitchen\tAlder\n"
STORE = {"store_code": "soho", "name": "Soho", "lat": 51.5, "lon": -0.13, "country": "GB", "timezone": "Europe/London", "inventory": ["cup"]}


@pytest.fixture
def engine():
    return open_engine("memory:")


@pytest.fixture
def client(engine):
    with TestClient(create_app(engine, keys=dev_keys(), clock=lambda: NOW), base_url="http://127.0.0.1:8321") as client:
        client.headers.update(SECRET)
        client.put("/v1/products", content=(HEADER + MUG + CUP).encode())
        yield client


def known(engine):
    return {product.id: (product.availability, product.brand, str(product.price.amount)) for product in engine.store.catalog.products()}


def test_what_a_full_feed_leaves_out_is_not_for_sale_and_not_forgotten(client, engine):
    answer = client.put("/v1/products?full=true", content=(HEADER + MUG).encode()).json()
    assert (answer["products"], answer["withdrawn"]) == (1, 1)
    assert known(engine) == {"mug": ("in_stock", "Alder", "9.00"), "cup": ("out_of_stock", "Alder", "7.00")}
    assert client.put("/v1/products?full=true", content=(HEADER + MUG).encode()).json()["withdrawn"] == 0
    client.put("/v1/products?full=true", content=(HEADER + MUG + CUP).encode())
    assert engine.store.catalog.product("cup").restocked_at == NOW, "it came back"


def test_a_line_that_cannot_be_read_takes_nothing_off_sale(client, engine):
    answer = client.put("/v1/products?full=true", content=(HEADER + MUG + "cup\tCup\tcheap\tKitchen\t\n").encode()).json()
    assert (len(answer["problems"]), answer["withdrawn"]) == (1, 0)
    assert known(engine)["cup"] == ("in_stock", "Alder", "7.00")


def test_a_full_feed_without_a_product_changes_nothing(client, engine):
    answer = client.put("/v1/products?full=true", content=HEADER.encode())
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert {availability for availability, _, _ in known(engine).values()} == {"in_stock"}


def test_a_part_of_a_feed_changes_what_it_names(client, engine):
    answer = client.patch("/v1/products", content=b"id\tprice\tbrand\nmug\t8.00 EUR\t\nghost\t1.00 EUR\t\ncup\tcheap\t\n").json()
    assert answer["products"] == 1
    assert [problem["line"] for problem in answer["problems"]] == [3, 4]
    assert answer["problems"][0]["message"] == "there is no product 'ghost'; put it first"
    assert known(engine) == {"mug": ("in_stock", "Alder", "8.00"), "cup": ("in_stock", "Alder", "7.00")}
    assert [point.price for point in engine.store.catalog.product("mug").prices][-1] == 8.0
    client.patch("/v1/products", json=[{"id": "mug", "brand": None}])
    assert known(engine)["mug"] == ("in_stock", None, "8.00")


def test_a_deleted_product_is_forgotten_and_decisions_go_on(client, engine):
    assert client.delete("/v1/products/cup").json() == {"success": True}
    assert list(known(engine)) == ["mug"]
    assert client.delete("/v1/products/cup").status_code == 404
    bought = {"userId": "u1", "event": "Order Completed", "properties": {"order_id": "o1", "products": [{"product_id": "cup"}]}}
    assert client.post("/v1/track", json=bought).status_code == 200
    answer = client.post("/v1/decide", json={"userId": "u1", "context": {"productId": "cup"}, "placement": "product"})
    assert answer.status_code == 200
    assert "cup" not in [item["productId"] for item in answer.json()["items"]]


def test_stock_in_stores_changes_where_it_is_named(client, engine):
    client.put("/v1/stores", json=[STORE])
    answer = client.put("/v1/stores/inventory", content=b"store_code\tid\tquantity\nsoho\tmug\t2\nsoho\tcup\t0\nparis\tmug\t1\n").json()
    assert answer["lines"] == 2
    assert answer["problems"] == [{"line": 4, "message": "there is no store 'paris'; put it first"}]
    assert engine.store.catalog.stores()[0].inventory == {"mug"}


def test_a_page_is_a_feed_too(client, engine):
    product = '{"@context": "https://schema.org", "@type": "Product", "sku": "pan", "name": "Pan", "offers": {"price": 30, "priceCurrency": "EUR"}}'
    page = f'<!doctype html><script type="application/ld+json">{product}</script>'
    assert client.put("/v1/products", content=page.encode(), headers={"Content-Type": "text/html"}).json()["products"] == 1
    assert engine.store.catalog.product("pan").title == "Pan"


def test_a_feed_that_says_nothing_new_changes_nothing(client, engine):
    client.put("/v1/products", content=(HEADER + MUG + CUP).encode())  # Prices have a history from now on: the first feed's date from no known day.
    version = engine.store.catalog.version()
    client.put("/v1/products", content=(HEADER + MUG + CUP).encode())
    assert engine.store.catalog.version() == version
