"""Training, the laid-out catalogue, and a customer put in words, through the engine."""

import threading
from datetime import timedelta

import msgspec
import numpy as np
import pytest

from small_shop import CATALOG, NOW, PRODUCTS, STORES, ago, bought, carted, happened, life_of, looked
from tactful.app.engine import DecideRequest, Engine
from tactful.app.house import PATCHED_AT_ONCE, House
from tactful.app.lines import lay_out
from tactful.app.opendsr import SubjectIdentity, SubjectRequest
from tactful.app.train import RESUMED_WITHIN
from tactful.model.errors import NotFound, NotReady
from tactful.model.events import (
    Address,
    ConsentUpdated,
    Context,
    Identified,
    MessageDelivered,
    OutreachPaused,
    PageViewed,
    PreferenceStated,
    RecommendationDismissed,
    Traits,
)
from tactful.model.moment import Moment
from tactful.model.places import cell_of
from tactful.model.products import Product, Store
from tactful.recommend import Recommender
from tactful.recommend._recommender import discover
from tactful.store import MemoryStore
from tactful.wiring import open_engine
from tactful.workbench import FileWorkbench, MemoryWorkbench
from tactful.workbench._files import FileTraining

LIVES = [event for number in range(48) for event in life_of(number)]


def shop(*events, products=PRODUCTS, stores=STORES):
    engine = open_engine("memory:")
    engine.put_products(products)
    engine.put_stores(stores)
    engine.import_history(list(events), now=NOW)
    return engine


def blobs(engine):
    return {record.name: (record.blob, record.version, record.facts) for record in engine.store.models.load()}


@pytest.fixture(scope="module")
def trained():
    engine = shop(*LIVES)
    engine.train(now=NOW)
    return engine


def test_the_same_log_teaches_the_same(trained):
    again = shop(*LIVES)
    again.train(now=NOW)
    assert blobs(again) == blobs(trained)
    again.train(now=NOW)
    assert blobs(again) == blobs(trained)


def test_a_log_that_ended_is_learned_from_as_of_its_end(trained):
    later = shop(*LIVES)
    later.train(now=NOW + timedelta(days=365))
    assert {name: blob for name, (blob, _, _) in blobs(later).items()} == {name: blob for name, (blob, _, _) in blobs(trained).items()}


def test_another_log_has_another_fingerprint(trained):
    other = shop(*LIVES[:-1])
    other.train(now=NOW)
    assert blobs(other)["life"][2]["data"] != blobs(trained)["life"][2]["data"]


def test_training_tells_figures_and_keeps_them(trained):
    facts = shop(*LIVES).train(now=NOW)
    assert set(facts) == set(blobs(trained)) >= {"due_again", "completes", "life", "popular_here", "calibration"}
    kept = blobs(trained)["due_again"][2]
    assert kept.items() >= ({"customers": 48} | facts["due_again"]).items()
    assert kept["order_lines"] > 1000
    assert facts["calibration"]["customers"] == 48
    assert 0 < facts["calibration"]["popular_here_wanted"] < 1
    assert msgspec.json.encode(facts)


def test_progress_counts_every_step():
    told = []
    shop(*LIVES).train(now=NOW, progress=told.append)
    assert sum(told) == 48 + 48 + len(discover())


@pytest.mark.parametrize(("events", "products"), [((), PRODUCTS), ((looked("camera", ago(1)),), ())])
def test_nothing_to_learn_from_is_one_clear_line(events, products):
    with pytest.raises(NotReady, match="import products and events first"):
        shop(*events, products=products).train(now=NOW)


def test_looks_alone_teach_little_and_break_nothing():
    engine = shop(looked("camera", ago(1)))
    assert engine.train(now=NOW)["due_again"] == {"rows": 0}
    assert decide(engine).items


def test_training_in_the_past_sees_only_the_past():
    engine = shop(*LIVES)
    engine.train(now=ago(100))
    early = shop(*(event for event in LIVES if event.at <= ago(100)))
    early.train(now=ago(100))
    assert blobs(engine)["completes"][0] == blobs(early)["completes"][0]
    assert blobs(engine)["popular_here"][0] == blobs(early)["popular_here"][0]


def test_where_there_is_nothing_to_learn_from_nothing_is_begun(tmp_path):
    engine = open_engine(tmp_path)
    engine.import_history(LIVES[:5], now=NOW)
    with pytest.raises(NotReady, match="import products"):
        engine.train(now=NOW)
    assert [file.name for file in (tmp_path / "training").iterdir()] == ["lock"]
    engine.store.close()


class PowerCut(BaseException):
    pass


@pytest.fixture
def cut_off(tmp_path, monkeypatch):
    """A shop on disk whose training was cut off after it had learned a few things."""
    engine = open_engine(tmp_path / "shop")
    engine.put_products(PRODUCTS)
    engine.put_stores(STORES)
    engine.import_history(LIVES, now=NOW)
    finish, names = FileTraining.finish, []

    def finish_or_die(work, name, blob):
        if len(names) == 5:
            raise PowerCut
        names.append(name)
        finish(work, name, blob)

    with monkeypatch.context() as patched:
        patched.setattr(FileTraining, "finish", finish_or_die)
        with pytest.raises(PowerCut):
            engine.train(now=NOW)
    yield engine, tmp_path / "shop" / "training" / "finished"
    engine.store.close()


def goes_on(engine, finished, monkeypatch, *, now):
    """Whether the next training takes what the one before has finished."""
    before, learned_anew = {file.name for file in finished.iterdir()}, set()
    finish = FileTraining.finish
    monkeypatch.setattr(FileTraining, "finish", lambda work, name, blob: learned_anew.add(name) or finish(work, name, blob))
    engine.train(now=now, resume_within=RESUMED_WITHIN)
    assert len(before) == 5
    return before.isdisjoint(learned_anew)


def test_a_shop_that_is_open_goes_on_with_its_training_and_learns_the_same(cut_off, trained, monkeypatch):
    engine, finished = cut_off
    soon = NOW + timedelta(minutes=5)
    engine.record([bought(soon, "coffee", user_id="c1"), looked("novel", soon, user_id="aaron")], now=soon)
    engine.change_product("milk", lambda milk: msgspec.structs.replace(milk, availability="out_of_stock"), now=soon)
    assert goes_on(engine, finished, monkeypatch, now=soon + timedelta(minutes=5))
    assert blobs(engine) == blobs(trained)


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda engine: engine.record([bought(ago(3), "coffee", user_id="c1")], now=NOW),
        lambda engine: engine.import_history([bought(ago(3), "coffee", user_id="new")], now=NOW),
        lambda engine: engine.put_products([msgspec.structs.replace(PRODUCTS[0], product_type="Food > Hot drinks")], now=NOW),
        lambda engine: engine.delete_product("novel"),
        lambda engine: engine.erase("c1", now=NOW),
    ],
    ids=["a late event", "an import", "another type", "a product less", "an erasure"],
)
def test_what_changes_what_there_is_to_learn_from_begins_the_training_anew(cut_off, meanwhile, monkeypatch):
    engine, finished = cut_off
    meanwhile(engine)
    assert not goes_on(engine, finished, monkeypatch, now=NOW + timedelta(minutes=10))


def test_an_interrupted_training_keeps_nothing_of_whom_is_erased(tmp_path):
    engine = open_engine(tmp_path)
    engine.put_products(PRODUCTS)
    engine.import_history(LIVES, now=NOW)
    workbench = FileWorkbench(tmp_path / "training")
    with workbench.begin(lambda _: "broken off", now=NOW, resume_within=timedelta(0)) as work:
        lay_out(engine.store, CATALOG, list(engine.store.events.customers()), work=work, progress=lambda _: None)
    assert list(tmp_path.rglob("*.parquet"))
    engine.erase("c1", now=NOW)
    assert not list(tmp_path.rglob("*.parquet"))
    engine.train(now=NOW)
    assert blobs(engine)["life"][2]["customers"] == 47
    engine.store.close()


@pytest.mark.parametrize(("asked", "stay"), [("access", True), ("erasure", False)])
def test_a_request_takes_training_files_away_only_where_it_erases(tmp_path, asked, stay):
    engine = open_engine(tmp_path)
    engine.put_products(PRODUCTS)
    engine.import_history(LIVES[:50], now=NOW)
    with FileWorkbench(tmp_path / "training").begin(lambda _: "broken off", now=NOW, resume_within=timedelta(0)) as work:
        lay_out(engine.store, CATALOG, list(engine.store.events.customers()), work=work, progress=lambda _: None)
    named = SubjectIdentity(identity_type="controller_customer_id", identity_value="c1")
    engine.submit(SubjectRequest(subject_request_id="1", subject_request_type=asked, subject_identities=(named,)), now=NOW)
    assert bool(list(tmp_path.rglob("*.parquet"))) == stay
    engine.store.close()


def test_while_a_training_is_under_way_another_one_is_told_to_wait(tmp_path):
    engine = open_engine(tmp_path)
    engine.put_products(PRODUCTS)
    engine.import_history(LIVES[:50], now=NOW)
    with FileWorkbench(tmp_path / "training").begin(lambda _: "first", now=NOW, resume_within=timedelta(0)), pytest.raises(NotReady, match="wait"):
        engine.train(now=NOW)
    engine.store.close()


def test_what_was_learned_is_used_at_once_and_after_a_restart(trained):
    camera = bought(ago(2), "camera", user_id="new")
    trained.record([camera], now=NOW)
    restarted = Engine(trained.store, new_id=trained.new_id)
    assert {item.reason.code for item in decide(trained, user="who").items} == {"popular_here"}
    for engine in (trained, restarted):
        assert "completes" in {item.reason.code for item in decide(engine, user="new").items}
    assert decide(restarted, user="new").items == decide(trained, user="new").items


def test_what_another_process_learned_or_changed_is_used_at_once():
    engine = shop(*LIVES)
    other = Engine(engine.store, new_id=engine.new_id)
    assert decide(other, user="who").items == decide(engine, user="who").items
    engine.train(now=NOW)
    assert decide(other, user="who").items == decide(engine, user="who").items
    engine.put_products([msgspec.structs.replace(product, availability="out_of_stock") for product in PRODUCTS])
    assert decide(other, user="who").items == ()


def test_a_model_nobody_knows_any_more_is_left_alone(trained):
    record = trained.store.models.load()[0]
    with trained.store.transaction():
        trained.store.models.save([msgspec.structs.replace(record, name="gone", blob=b"old")])
    assert decide(Engine(trained.store, new_id=trained.new_id), user="c1").items


def test_a_model_of_another_form_is_left_alone_until_the_next_training(trained):
    record = next(one for one in trained.store.models.load() if one.name == "due_again")
    former = msgspec.structs.replace(record, blob=b"of a former shape", facts=record.facts | {"form": 1})
    with trained.store.transaction():
        trained.store.models.save([former])
    again = Engine(trained.store, new_id=trained.new_id, workbench=MemoryWorkbench())
    assert decide(again, user="c1").items
    again.train(now=NOW)
    assert decide(Engine(trained.store, new_id=trained.new_id), user="c1").items


def decide(engine, *, user="ann", now=NOW):
    return engine.decide(DecideRequest(user_id=user, explain=True, limit=50), now=now)


def product(number, **fields):
    return Product(**({"id": f"p{number}", "title": f"Thing {number}", "product_type": f"Type {number}"} | fields))


@pytest.mark.parametrize("count", [1, PATCHED_AT_ONCE, PATCHED_AT_ONCE + 1])
@pytest.mark.parametrize("fields", [{"availability": "out_of_stock"}, {"product_type": "Other"}, {"item_group_id": "style"}], ids=["stock", "type", "style"])
def test_changed_products_are_seen_at_once(count, fields):
    house = House(MemoryStore())
    products = [product(number) for number in range(30)]
    house.put_products(products, now=None)
    house.now()
    changed = [product(number, **fields) for number in range(count)]
    house.put_products(changed, now=None)
    catalog, _ = house.now()
    assert catalog.products == (*changed, *products[count:])
    assert catalog.in_stock.sum() == (30 - count if "availability" in fields else 30)
    fresh = House(house._store).now()[0]
    assert np.array_equal(catalog.type_of, fresh.type_of)
    assert np.array_equal(catalog.group_of, fresh.group_of)
    assert catalog.version == house._store.catalog.version()


def test_a_small_change_keeps_the_table_laid_out():
    house = House(MemoryStore())
    house.put_products([product(1), product(2)], now=None)
    catalog, recommender = house.now()
    house.put_products([product(1, availability="out_of_stock")], now=None)
    assert house.now()[0].type_of is catalog.type_of
    assert house.now()[1] is recommender
    house.put_products([], now=None)
    assert house.now()[0].products[0].availability == "out_of_stock"


@pytest.mark.parametrize("change", [{"title": "Pregnancy test"}, {"product_type": "Other"}, {"sensitivity": "health"}])
def test_what_a_product_says_of_itself_is_laid_out_anew(change):
    house = House(MemoryStore())
    house.put_products([product(1), product(2)], now=None)
    _, recommender = house.now()
    house.put_products([product(1, **change)], now=None)
    assert house.now()[1] is not recommender


@pytest.mark.parametrize("change", [{"title": "Another kettle"}, {"brand": "Optika"}])
def test_words_are_known_at_once_without_laying_out_the_others(change, monkeypatch):
    house = House(MemoryStore())
    house.put_products([product(number) for number in range(30)], now=None)
    _, former = house.now()
    monkeypatch.setattr("tactful.app.house.build_table", None)
    monkeypatch.setattr(Recommender, "bind", None)
    house.put_products([product(1, **change), product(30)], now=NOW)
    catalog, recommender = house.now()
    assert (catalog.products[1].title, catalog.products[1].brand) == (change.get("title", "Thing 1"), change.get("brand"))
    assert ("kettle" in recommender.wants.words, "kettle" in former.wants.words) == ("title" in change, False)


def test_a_new_product_is_known_at_once_without_laying_out_the_others(monkeypatch):
    house = House(MemoryStore())
    house.put_products([product(number) for number in range(30)], now=None)
    former, _ = house.now()
    monkeypatch.setattr("tactful.app.house.build_table", None)
    monkeypatch.setattr(Recommender, "bind", None)
    house.put_products([product(30), product(1, availability="out_of_stock"), product(31, item_group_id="p30")], now=NOW)
    catalog, recommender = house.now()
    assert [len(table.products) for table in (former, catalog)] == [30, 32]
    assert (catalog.row_of["p31"], catalog.rows_of_group[30], catalog.in_stock[1]) == (31, (30, 31), False)
    assert len(recommender.life_days()) == len(catalog.types) == 32


def test_what_lies_in_which_store_is_known_at_once_without_laying_out_the_products(monkeypatch):
    house = House(MemoryStore())
    house.put_products([product(number) for number in range(3)], now=None)
    house.put_stores(STORES)
    _, recommender = house.now()
    monkeypatch.setattr("tactful.app.house.build_table", None)
    assert house.put_inventory([("paris", "p1", True), ("nowhere", "p1", True)]) == {"nowhere"}
    assert house.now()[0].stores["paris"].inventory >= {"p1"}
    house.put_inventory([("paris", "p1", False)])
    house.put_inventory([])
    house.put_stores([Store(store_code="berlin", name="Berlin", lat=52.5, lon=13.4, country="DE", timezone="Europe/Berlin")])
    catalog, same = house.now()
    assert (list(catalog.stores), same) == (["berlin", "london", "paris"], recommender)
    assert catalog.stores == {store.store_code: store for store in house._store.catalog.stores()}


def test_a_change_by_somebody_else_is_seen():
    store = MemoryStore()
    one, other = House(store), House(store)
    one.put_products([product(1)], now=None)
    assert len(other.now()[0].products) == 1
    one.put_products([product(2)], now=None)
    one.put_stores(STORES)
    other.put_products([product(1, title="Mine")], now=None)
    assert [p.title for p in other.now()[0].products] == ["Mine", "Thing 2"]
    assert set(other.now()[0].stores) == {"london", "paris"}


def test_a_small_change_by_somebody_else_is_seen_without_laying_out_the_others(monkeypatch):
    store = MemoryStore()
    one, other = House(store), House(store)
    one.put_products([product(number) for number in range(30)], now=None)
    other.now()
    one.put_products([product(1, title="Mine"), product(30)], now=None)
    one.put_stores(STORES)
    one.put_products([product(2, availability="out_of_stock"), product(31, item_group_id="p30")], now=None)
    whole = House(store).now()[0]
    monkeypatch.setattr("tactful.app.house.build_table", None)
    monkeypatch.setattr(Recommender, "bind", None)
    catalog, recommender = other.now()
    assert (catalog.products, catalog.stores, catalog.version) == (whole.products, whole.stores, whole.version)
    assert (catalog.rows_of_group, catalog.in_stock.tolist()) == (whole.rows_of_group, whole.in_stock.tolist())
    assert len(recommender.life_days()) == len(catalog.types) == 32
    assert "mine" in recommender.wants.words


@pytest.mark.parametrize("count", [1, PATCHED_AT_ONCE + 1])
def test_what_somebody_else_deletes_or_changes_much_is_seen(count):
    store = MemoryStore()
    one, other = House(store), House(store)
    one.put_products([product(number) for number in range(30)], now=None)
    other.now()
    one.put_products([product(number, title="Mine") for number in range(count)], now=None)
    one.delete_product("p29")
    assert other.now()[0].products == tuple(store.catalog.products())


def test_a_decision_under_way_keeps_the_catalogue_it_began_with():
    """The recommender that it was given stays laid over its table, while others get a longer one."""
    house = House(MemoryStore())
    house.put_products([product(number) for number in range(5)], now=None)
    catalog, recommender = house.now()
    house.put_products([product(number, product_type=f"New type {number}") for number in range(40)], now=None)
    newer, newer_recommender = house.now()
    assert len(newer_recommender.life_days()) == len(newer.types) == 40
    assert len(recommender.life_days()) == len(catalog.types) == 5


def test_readers_and_a_writer_do_not_meet():
    engine = shop(*(looked(p.id, ago(n)) for p in PRODUCTS[:6] for n in (1, 2, 3)))
    errors = []

    def read():
        try:
            for _ in range(15):
                decide(engine)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the test tells
            errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for round_ in range(15):
        engine.put_products([product(number, product_type=f"Type {round_} {number}") for number in range(25 + round_)])
    for reader in readers:
        reader.join()
    assert errors == []


HOME = happened(Identified, ago(300), traits=Traits(email="ann@customers.example", timezone="Europe/London", address=Address(country="GB", city="London")))


def test_a_customer_in_words():
    events = [
        HOME,
        *(bought(ago(n), "coffee") for n in range(1, 7)),
        bought(ago(20), "boots-39", "tote-tan"),
        bought(ago(9), "novel", gift=True),
        *(looked("camera", ago(n)) for n in (1, 2, 3)),
        carted("case", ago(0.5)),
        happened(PageViewed, ago(3), context=Context(cell=cell_of(51.5, -0.1), timezone="Europe/London")),
        happened(PreferenceStated, ago(2), key="likes", value="tea"),
        happened(RecommendationDismissed, ago(2), reason="gift", product_id="novel"),
        happened(ConsentUpdated, ago(2), purpose="marketing", channel="email", granted=True),
        happened(MessageDelivered, ago(1), channel="email", contact_id="c1", trigger="due_again"),
        happened(OutreachPaused, ago(0.2), until=ago(-1)),
    ]
    engine = shop(*events)
    view = engine.customer("ann", now=NOW)
    assert msgspec.json.encode(view)
    assert view["customerId"] == "u:ann"
    assert {(link["kind"]) for link in view["identities"]} >= {"user_id", "email"}
    assert (view["events"], view["email"], view["address"]["city"]) == (len(events), "ann@customers.example", "London")
    assert view["home"].items() >= {"cell": "gcpuv", "place": "London", "country": "GB", "timezone": "Europe/London", "weeksSeen": 1}.items()
    assert view["now"] is None
    assert list(view["timezones"]) == ["Europe/London"]
    camera = next(need for need in view["needs"] if need["type"] == "Electronics > Photo > Cameras")
    assert camera.items() >= {"state": "open", "occasions": 3}.items()
    assert [need["probability"] for need in view["needs"]] == sorted((need["probability"] for need in view["needs"]), reverse=True)
    assert [style["groupId"] for style in view["owned"]] == ["coffee", "novel", "tote", "boots"]
    assert view["owned"][0].items() >= {"title": "Peakroast coffee", "days": 6, "everyDays": 1.0, "gift": False}.items()
    assert view["owned"][1].items() >= {"days": 1, "everyDays": None, "gift": True}.items()
    assert view["owned"][2]["title"] == "Alder tote"
    assert view["sizes"] == {"Shoes": "39"}
    assert view["usual"]["productId"] == "coffee"
    assert [line["productId"] for line in view["cart"]] == ["case"]
    assert [(said["key"], said["value"]) for said in view["preferences"]] == [("likes", "tea")]
    assert [answer["reason"] for answer in view["dismissals"]] == ["gift"]
    assert (view["consent"], view["reachable"]) == ({"email": True, "sms": False, "push": False}, {"email": True, "sms": False, "push": False})
    assert [contact["messageId"] for contact in view["contactHistory"]] == ["c1"]
    assert view["pausedUntil"] is not None


def test_a_customer_of_whom_little_is_known_in_words():
    view = shop(looked("unheard-of", ago(1), user_id=None, anonymous_id="phone")).customer("phone", now=NOW)
    assert (view["customerId"], view["home"], view["needs"], view["owned"], view["usual"]) == ("a:phone", None, [], [], None)


def test_a_customer_as_of_earlier():
    engine = shop(HOME, bought(ago(2), "coffee"))
    assert engine.customer("ann", now=NOW)["owned"]
    assert engine.customer("ann", now=NOW - timedelta(days=3))["owned"] == []


def test_an_unknown_customer_is_one_clear_line():
    with pytest.raises(NotFound, match="give a userId"):
        shop().customer("who", now=NOW)


def test_curves_learned_from_the_log_are_used(trained):
    assert "popular_here" in trained._house.now()[1].calibration.curves
    _, recommender = trained._house.now()
    popular = next(scores for scores in recommender.proposals(Moment(now=NOW), customer(trained)) if scores.source == "popular_here")
    assert not np.array_equal(recommender.calibrated(popular), popular.candidates.score)
    assert np.all((recommender.calibrated(popular) >= 0) & (recommender.calibrated(popular) <= 1))


def customer(engine):
    from tactful.app.read import read_customer

    return read_customer(engine.store, "u:c1", engine._house.now()[0], now=NOW)
