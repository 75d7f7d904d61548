"""The command line as its users meet it: exit codes, one-line errors, JSON, files of every kind."""

import gzip
import inspect
import json
import os
import re
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from tactful.bench import Setting, benchmarks, load
from tactful.cli._application import app, run
from tactful.wiring import open_engine

ROOT = Path(__file__).parents[2]
HEADER = "id\ttitle\tprice\tproduct_type\n"
MUG = "mug\tMug\t9.00 EUR\tKitchen > Mugs\n"
STORES = [{"store_code": "soho", "name": "Soho", "lat": 51.5, "lon": -0.1, "country": "GB", "timezone": "Europe/London", "inventory": ["mug"]}]
ID = r"[0-9a-f]{8}-[0-9a-f-]{27}"


def viewed(number, product="mug", user="ann"):
    properties = {"product_id": product}
    event = {"type": "track", "event": "Product Viewed", "messageId": f"m{number}", "userId": user, "properties": properties}
    return json.dumps(event | {"timestamp": f"2026-02-{number % 27 + 1:02}T10:00:00Z"})


@pytest.fixture
def tactful(tmp_path, capsys, monkeypatch):
    """Run a command over a data directory; its exit code, what it said, and what it complained about."""
    monkeypatch.setenv("TACTFUL_DATA", str(tmp_path / "data"))

    def tactful(*arguments):
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return tactful


@pytest.fixture
def file(tmp_path):
    def file(name, content):
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return tmp_path / name

    return file


def commands():
    return [command.name for command in app.registered_commands] + [
        f"{group.typer_instance.info.name} {command.name}" for group in app.registered_groups for command in group.typer_instance.registered_commands
    ]


def test_all_commands_are_there():
    everything = "demo, init, import, train, serve, decide, explain, outreach plan, outreach run, rehearse, simulate, words preview, words check, bench, policy"
    keys = {f"keys {name}" for name in ("add", "list", "rotate", "revoke", "audit")}
    assert set(commands()) == {*everything.split(", "), "export", "erase", "doctor", *keys}


@pytest.mark.parametrize("command", commands())
def test_every_command_takes_data_and_json_and_explains_itself(tactful, command):
    code, out, _err = tactful(*command.split(), "--help")
    assert code == 0
    assert "--json" in out
    assert "--data" in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["frobnicate"], "No such command 'frobnicate'"),
        (["decide"], "Missing argument 'customer' (see tactful decide --help)"),
        (["decide", "ann", "--limit", "101"], "Invalid value for '--limit'"),
        (["decide", "ann", "--now", "tomorrow"], "'tomorrow' is no time; write it like 2026-03-01T10:00:00Z"),
        (["decide", "ann", "--now", "2026-03-01T10:00:00"], "has no time zone; add Z"),
        (["outreach"], "Missing command (see tactful outreach --help)"),
        (["doctor", "--verbose"], "No such option"),
        (["import", "nowhere.tsv"], "nowhere.tsv does not exist; give a file of events"),
        (["serve", "--dev", "--host", "0.0.0.0"], "leave --dev out"),
        (["serve"], "run `tactful init`"),
        (["rehearse", "nowhere.yaml"], "nowhere.yaml: No such file"),
        (["rehearse", "x.yaml", "--url", "http://127.0.0.1:1"], "--url needs the server's secret key: --key SECRET"),
        (["doctor", "--store", "postgresql://db"], "PostgreSQL"),
        (["train"], "there are no events to learn from; import some first"),
    ],
)
def test_wrong_usage_is_one_line_that_says_what_to_do_and_exits_2(tactful, arguments, told):
    code, out, err = tactful(*arguments)
    if arguments[0] == "doctor" and "--store" in arguments:
        assert code == 1
        assert told in out or "to do" in out
        return
    assert code == 2
    assert told in err
    assert err.startswith("tactful: ")
    assert err.count("\n") == 1
    assert "Traceback" not in out + err


@pytest.mark.parametrize("name", ["feed.tsv", "feed.csv", "feed.tsv.gz"])
def test_products_come_from_tab_separated_files(tactful, file, name):
    code, out, err = tactful("import", file(name, HEADER + MUG + "pot\tPot\t\tKitchen\n"))
    assert (code, err) == (0, "  line 3: price is missing (product pot)\n")
    assert out.endswith(f"{name}: 1 accepted, 1 not understood\n")


def test_products_and_stores_come_from_json_and_are_told_apart(tactful, file):
    code, out, _err = tactful("import", file("feed.json", json.dumps([{"id": "mug", "title": "Mug", "price": "9 EUR"}])), "--json")
    assert (code, json.loads(out)["kind"], json.loads(out)["accepted"]) == (0, "products", 1)
    code, out, _err = tactful("import", file("stores.json.gz", json.dumps(STORES)), "--json")
    assert (code, json.loads(out)["kind"], json.loads(out)["accepted"]) == (0, "stores", 1)


def test_feeds_whole_and_in_part_pages_and_stock(tactful, file):
    tactful("import", file("feed.tsv", HEADER + MUG + "cup\tCup\t7.00 EUR\tKitchen\n"))
    code, out, _err = tactful("import", file("all.tsv", HEADER + MUG), "--full", "--json")
    assert (code, json.loads(out)["no longer sold"]) == (0, 1)
    code, out, err = tactful("import", file("part.tsv", "id\tprice\nmug\t8.00 EUR\nghost\t1.00 EUR\n"), "--partial")
    assert (code, "line 3: there is no product 'ghost'; import it first" in err) == (0, True)
    product = {"@type": "Product", "sku": "pan", "name": "Pan", "offers": {"price": 30, "priceCurrency": "EUR"}}
    page = f'<!doctype html><script type="application/ld+json">{json.dumps(product)}</script>'
    for name, content in (("page.html", page), ("page.json", json.dumps(product)), ("page.jsonld", json.dumps(product))):
        assert json.loads(tactful("import", file(name, content), "--json")[1])["accepted"] == 1
    tactful("import", file("stores.json", json.dumps(STORES)))
    stock = f"store_code\tid\tquantity\n{STORES[0]['store_code']}\tmug\t2\nnowhere\tmug\t1\n"
    code, out, err = tactful("import", file("stock.tsv", stock), "--json")
    assert (code, json.loads(out)["kind"], json.loads(out)["accepted"]) == (0, "inventory", 1)
    assert "line 3: there is no store 'nowhere'; import it first" in err
    assert "--full and --partial are for products" in tactful("import", file("stores.json", json.dumps(STORES)), "--full")[2]


@pytest.mark.parametrize("name", ["events.ndjson", "events.jsonl", "events.ndjson.gz"])
def test_events_are_imported_once_however_often_the_file_is(tactful, file, name):
    source = file(name, "\n".join(viewed(number) for number in range(30)) + "\n\nnot json\n")
    code, out, err = tactful("import", source, "--json")
    assert code == 0
    assert json.loads(out) | {"problems": []} == {"kind": "events", "accepted": 30, "already known": 0, "not understood": 1, "problems": []}
    assert "  line 32: " in err
    _code, out, _err = tactful("import", source, "--json")
    assert json.loads(out)["already known"] == 30


def test_problems_are_shown_until_there_are_too_many(tactful, file):
    code, _out, err = tactful("import", file("events.ndjson", "broken\n" * 30))
    assert code == 1
    assert "  line 20: " in err
    assert "  line 21: " not in err
    assert "  and 10 more\n" in err


def test_a_file_that_ends_too_early_keeps_what_came_before(tactful, tmp_path):
    whole = gzip.compress("\n".join(viewed(number, user=f"user-{number}") for number in range(2000)).encode())
    (tmp_path / "cut.ndjson.gz").write_bytes(whole[:-2000])
    code, _out, err = tactful("import", tmp_path / "cut.ndjson.gz")
    assert code == 2
    assert "no complete gzip file" in err.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("feed.csv", "id,title\n", "has no tabs in its first line"),
        ("feed.json", "{}", "must be an array of stores"),
        ("feed.json", "[{]", "is not valid JSON"),
        ("feed.xml", "<a/>", "lists no product"),
        ("feed.tsv", "sku\tname\n", "id and title missing"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_to_do(tactful, file, name, content, told):
    code, _out, err = tactful("import", file(name, content))
    assert code == 2
    assert told in err


def test_a_directory_is_not_a_source(tactful, tmp_path):
    assert "is a directory; import its files one by one" in tactful("import", tmp_path)[2]


def test_init_makes_keys_once(tactful, tmp_path):
    code, out, _err = tactful("init", "--json")
    keys = json.loads(out)
    assert code == 0
    assert keys["writeKey"] != keys["secretKey"]
    assert json.loads(tactful("init", "--json")[1]) == keys
    assert (tmp_path / "data" / "keys.json").stat().st_mode & 0o077 == 0


def test_the_policy_is_shown_with_who_says_so_and_a_mistake_in_it_stops_everything(tactful, tmp_path):
    tactful("init")
    assert "as shipped" not in tactful("policy")[1]
    file = tmp_path / "data" / "tactful.toml"
    file.write_text("[contact.never_responds]\npatience = 2\n")
    shown = json.loads(tactful("policy", "--changed", "--json")[1])
    assert [(setting["key"], setting["value"], setting["source"]) for setting in shown["settings"]] == [("contact.never_responds.patience", 2, "file")]
    assert "contact.never_responds.patience = 2  (file)" in tactful("policy")[1]
    file.write_text("[contact.never_responds]\npatience = -2\n")
    for command in (["policy"], ["outreach", "plan"], ["serve", "--dev"]):
        code, _out, err = tactful(*command)
        assert (code, err.count("\n")) == (2, 1)
        assert "contact.never_responds.patience: expected `int` >= 1" in err
    assert tactful("doctor")[0] == 1
    other = tmp_path / "other.toml"
    other.write_text("")
    assert tactful("policy", "--config", other)[0] == 0


def test_doctor_tells_what_to_do_next_step_by_step(tactful, file):
    def todo():
        code, out, _err = tactful("doctor", "--json")
        return code, {check["name"]: check["message"] for check in json.loads(out) if not check["ok"]}

    code, missing = todo()
    assert code == 1
    assert "run: tactful init" in missing["data"]
    tactful("init")
    code, missing = todo()
    assert code == 1
    assert missing["events"] == "none yet; run: tactful import events.ndjson"
    assert missing["products"] == "none yet; run: tactful import products.tsv"
    assert missing["models"] == "none trained yet; run: tactful train"
    tactful("import", file("feed.tsv", HEADER + MUG))
    tactful("import", file("events.ndjson", f"{viewed(1)}\n{viewed(2, 'cup')}\nbroken\n"))
    code, missing = todo()
    assert set(missing) == {"models", "coverage", "dead letters"}
    assert missing["coverage"] == "50% of the products in events are in the catalogue; import the rest, for example cup"


def test_a_scenario_that_falls_short_exits_1_and_a_broken_file_2(tactful, file, tmp_path):
    (tmp_path / "shop").mkdir()
    file("shop/products.tsv", HEADER + MUG)
    head = "name: story\nstory: Somebody.\nshop: shop\nnow: 2026-03-01T10:00:00Z\ncustomer: ann\n"
    story = file("story.yaml", head + "asks: [{at: 0d, moderate: {text: hello}, expect: {verdict: [refuse]}}]\n")
    code, out, _err = tactful("rehearse", story)
    assert code == 1
    assert "falls short  story" in out
    assert "verdict: should be refuse, is allow" in out
    assert out.endswith("0 of 1 scenarios hold\n")
    code, out, _err = tactful("rehearse", story, "--json")
    assert (code, json.loads(out)["held"], json.loads(out)["scenarios"][0]["name"]) == (1, 0, "story")
    assert tactful("rehearse", file("broken.yaml", "a: ["))[0] == 2


def test_a_port_that_is_taken_is_one_line_before_anything_is_said_to_listen(tactful):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, out, err = tactful("serve", "--dev", "--port", str(taken.getsockname()[1]))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "stop what listens there, or give another --port" in err


def test_a_file_as_data_directory_is_told_also_where_keys_are_read(tactful, file):
    code, _out, err = tactful("serve", "--data", file("afile", ""))
    assert code == 2
    assert "afile is a file: give a directory for the data" in err


def test_what_a_scenario_sends_and_nobody_understands_is_told_and_the_story_goes_on(tactful, file, tmp_path):
    (tmp_path / "shop").mkdir()
    file("shop/products.tsv", HEADER + MUG)
    head = "name: story\nstory: A clock is wrong.\nshop: shop\nnow: 2026-03-01T10:00:00Z\ncustomer: ann\n"
    wrong = "events: [{at: +300d, arrives: -1d, page: Home}, {at: -1d, product: {id: mug, price: cheap}}]\n"
    story = file("story.yaml", head + wrong + "asks: [{at: 0d, decide: {}, expect: {never: [pot]}}]\n")
    code, out, _err = tactful("rehearse", story)
    assert code == 0
    assert out.splitlines()[0] == "holds        story"
    assert "story-0 is not understood: the timestamp 2026-12-26T10:00:00+00:00 is more than 24 hours after receipt" in out
    assert "price must be an amount with a currency" in out


def test_python_dash_m_is_the_same_command():
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-m", "tactful", "--version"], capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "tactful 0.1.0\n", "")


def test_a_shop_is_filled_trained_asked_and_explained_from_the_command_line(tactful, file):
    def bought(number, day):
        line = {"product_id": "beans", "price": 12, "quantity": 1}
        event = {"type": "track", "event": "Order Completed", "messageId": f"b{number}", "userId": "ann", "timestamp": f"2026-{day}T10:00:00Z"}
        return json.dumps(event | {"properties": {"order_id": f"o{number}", "products": [line]}})

    tactful("import", file("feed.tsv", HEADER + MUG + "beans\tBeans\t12.00 EUR\tFood > Coffee\n"))
    tactful("import", file("events.ndjson", "\n".join(bought(n, day) for n, day in enumerate(["01-01", "01-15", "01-29", "02-12"]))))
    code, out, _err = tactful("train", "--now", "2026-02-26T10:00:00Z", "--json")
    assert (code, json.loads(out) != {}) == (0, True)
    assert tactful("train", "--now", "2026-02-26T10:00:00Z")[1].startswith(next(iter(json.loads(out))))

    code, out, _err = tactful("decide", "ann", "--now", "2026-02-26T10:00:00Z", "--explain", "--json")
    decision = json.loads(out)
    assert code == 0
    assert (decision["items"], decision["silence"]) != ([], None)
    code, out, _err = tactful("explain", decision["decisionId"], "--json")
    assert (code, json.loads(out)["decisionId"]) == (0, decision["decisionId"])
    assert tactful("explain", decision["decisionId"])[0] == 0
    assert tactful("decide", "ann", "--now", "2026-02-26T10:00:00Z")[1].strip()

    code, out, _err = tactful("outreach", "plan", "--now", "2026-02-26T10:00:00Z")
    assert code == 0
    assert re.match(r"ann  \(tactful explain [0-9a-f-]{36}\)\n  silent, ", out)
    assert [plan["userId"] for plan in json.loads(tactful("outreach", "plan", "ann", "--now", "2026-02-26T10:00:00Z", "--json")[1])["plans"]] == ["ann"]
    code, parallel, _err = tactful("outreach", "plan", "--workers", "2", "--now", "2026-02-26T10:00:00Z")
    assert (code, re.sub(ID, "", parallel)) == (0, re.sub(ID, "", out))


def test_a_decision_that_is_not_there_is_one_line_and_exits_2(tactful):
    code, _out, err = tactful("explain", "nothing-like-it")
    assert (code, err.count("\n")) == (2, 1)


def test_nobody_to_plan_for_says_what_to_do(tactful):
    assert tactful("outreach", "plan") == (0, "no customer is known yet; import events first: tactful import events.ndjson\n", "")


def test_benchmarks_are_found_by_name(tactful):
    code, said, _ = tactful("bench", "list")
    assert code == 0
    assert json.loads(tactful("bench", "list", "--json")[1]) == said.split()
    code, _, complaint = tactful("bench", "weather")
    assert code == 2
    assert "there is no benchmark 'weather'" in complaint


@pytest.mark.parametrize("name", benchmarks())
def test_every_benchmark_is_run_with_a_console_and_its_setting(name):
    told = inspect.signature(load(name)).parameters.values()
    assert [parameter.annotation for parameter in told] == [Console, Setting]


def test_messages_are_reserved_and_sent_from_the_command_line(tactful, file, tmp_path):
    who = {"userId": "ann", "context": {"timezone": "Europe/London"}}
    messages = [
        {"type": "identify", "traits": {"email": "ann@customers.example"}, "messageId": "i", "timestamp": "2026-01-01T10:00:00Z"},
        {"type": "track", "event": "Consent Updated", "properties": {"purpose": "marketing", "channel": "email", "granted": True}, "messageId": "c"},
        {"type": "track", "event": "Product Added", "properties": {"product_id": "mug", "price": 9}, "messageId": "a", "timestamp": "2026-02-26T10:00:00Z"},
    ]
    messages[1]["timestamp"] = "2026-01-01T10:00:01Z"
    events = file("events.ndjson", "\n".join(json.dumps(message | who) for message in messages))
    assert tactful("import", file("products.tsv", "id\ttitle\tprice\tproduct_type\nmug\tMug\t9.00 EUR\tKitchen\n"))[0] == 0
    assert tactful("import", events)[0] == 0
    now = ("--now", "2026-02-26T11:00:00Z")
    assert tactful("outreach", "run", *now) == (0, "0 sent, 0 later, 0 dropped\n", "")
    (plan,) = json.loads(tactful("outreach", "plan", *now, "--reserve", "--json")[1])["plans"]
    later = ("--now", plan["message"]["sendAt"])
    assert tactful("outreach", "run", *later, "--sender", f"file:{tmp_path / 'out'}") == (
        0,
        "sent     ann  cart_waiting by email\n1 sent, 0 later, 0 dropped\n",
        "",
    )
    (written,) = (tmp_path / "out").iterdir()
    assert json.loads(written.read_bytes())["subject"] == plan["message"]["subject"]
    done = json.loads(tactful("outreach", "run", *later, "--json")[1])
    assert (done["messages"], done["stopped"]) == ([], None)
    assert (tmp_path / "data" / "outbox").is_dir()


@pytest.mark.parametrize("arguments", [("--sender", "pigeon:coop"), ("--from", "nobody")])
def test_a_sender_that_cannot_be_is_one_line_and_exits_2(tactful, arguments):
    code, out, err = tactful("outreach", "run", *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_keys_are_handed_out_rotated_and_taken_back_from_the_command_line(tactful):
    code, said, _ = tactful("keys", "add", "web shop", "--origin", "https://shop.example", "--json")
    made = json.loads(said)
    assert (code, made["kind"], made["origins"]) == (0, "write", ["https://shop.example"])
    code, said, _ = tactful("keys", "add", "crm", "--secret")
    assert (code, said.startswith("tactful_secret_"), said.count("\n")) == (0, True, 2)
    code, said, _ = tactful("keys", "rotate", "crm", "--grace", "2")
    assert "2 hours more" in said
    rows = json.loads(tactful("keys", "list", "--json")[1])
    assert [(row["name"], row["opens"], row["endsAt"] is None) for row in rows] == [("crm", True, False), ("crm", True, True), ("web shop", True, True)]
    assert tactful("keys", "revoke", "crm")[1] == "crm: 2 keys open nothing any more\n"
    listed = tactful("keys", "list")[1]
    assert ("ended" in listed, "for https://shop.example" in listed, made["key"] in listed) == (True, True, False)
    code, _, complaint = tactful("keys", "rotate", "crm")
    assert (code, complaint) == (2, "tactful: no key named 'crm' opens anything; there are: web shop\n")
    assert tactful("keys", "add", "web shop")[0] == tactful("keys", "audit", "--customer", " ")[0] == 2


def test_who_looked_is_told_on_the_command_line(tactful, file, tmp_path):
    tactful("import", file("events.ndjson", viewed(1)))
    assert tactful("keys", "audit")[1] == "nobody has looked\n"
    engine = open_engine(tmp_path / "data")
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    engine.audit.note(key="crm", action="export", customer="ann", outcome="ok", at=at)
    engine.audit.note(key="crm", action="profile", customer="bob", outcome="not_found", at=at)
    engine.store.close()
    assert [look["action"] for look in json.loads(tactful("keys", "audit", "--json")[1])] == ["profile", "export"]
    code, said, _ = tactful("keys", "audit", "--customer", "ann")
    assert (code, said.count("\n"), "export" in said, "ann" in said) == (0, 1, True, False)
