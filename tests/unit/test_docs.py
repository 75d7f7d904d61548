"""The docs say what is there: what is read off the code is current, and nothing is missing or leads nowhere."""

import ast
import re
from pathlib import Path

import msgspec
import pytest
import typer

from documentation import BLOCK, BLOCKS, DOCS, ROOT, pages, written
from tactful import __version__
from tactful.app.policy import Policy
from tactful.cli._application import app as application
from tactful.http import create_app, dev_keys
from tactful.model.outbox import Letter
from tactful.outreach import discover_triggers
from tactful.policy import contact_rules, shelf_rules
from tactful.recommend._recommender import discover
from tactful.wiring import open_engine
from tactful.words import built_in
from tactful.words._reasons import REASONS

LINK = re.compile(r"\[[^\]]*\]\((?!https?:|#)([^)#]+)")
VARIABLE = re.compile(r"TACTFUL_[A-Z_]+[A-Z]")
FRAMEWORK = {"/openapi.json/{path}", "/openapi.json/openapi.json"}
"""Paths that the framework adds to the API's description."""
HEADINGS = ("Date", "Status", "Context", "Decision", "Consequences")


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(DOCS)))
def test_what_is_read_off_the_code_is_current(page):
    text = page.read_text(encoding="utf-8")
    assert text == written(text), "run make docs"


def test_every_part_that_is_read_off_the_code_is_on_a_page():
    found = {match["name"] for page in pages() for match in BLOCK.finditer(page.read_text(encoding="utf-8"))}
    assert found == set(BLOCKS)


@pytest.mark.parametrize("name", sorted(BLOCKS))
def test_nothing_is_listed_without_a_word_about_it(name):
    rows = [line for line in BLOCKS[name]().splitlines() if line.startswith("| `")]
    assert rows
    for row in rows:
        meaning = re.split(r"(?<!\\)\|", row)[2].strip()
        assert meaning, f"{name}: {row} has no description where it is defined"


@pytest.mark.parametrize("page", [*pages(), ROOT / "README.md", ROOT / "CHANGELOG.md"], ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    missing = [target for target in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", sorted((DOCS / "decisions").glob("*.md")), ids=lambda page: page.stem)
def test_a_decision_record_tells_all_it_should(page):
    text = page.read_text(encoding="utf-8")
    assert re.match(r"# \d{4} ", text)
    assert [heading for heading in HEADINGS if f"{heading}:" not in text and f"## {heading}" not in text] == []


def test_every_room_is_on_the_architecture_page():
    rooms = {path.name for path in (ROOT / "src" / "tactful").iterdir() if path.is_dir() and not path.name.startswith("_")}
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    assert {room for room in rooms if f"`{room}`" not in text} == set()


def test_the_changelog_knows_this_version():
    assert f"[{__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_command_of_the_makefile_that_the_readme_names_is_there():
    targets = set(re.findall(r"^([a-z]+):", Path(ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8"))) <= targets


def own_words(kind):
    return (vars(kind).get("__doc__") or "").strip()


@pytest.mark.parametrize(
    "kind", [type(each) for each in (*shelf_rules(), *contact_rules(), *discover_triggers())] + list(discover()), ids=lambda kind: kind.__name__
)
def test_every_rule_trigger_and_component_says_in_its_own_words_what_it_does(kind):
    assert own_words(kind).endswith(".")


@pytest.mark.parametrize("setting", list(Policy().settings()), ids=lambda setting: setting.key)
def test_every_setting_says_what_it_means_and_where_its_default_comes_from(setting):
    assert setting.means.endswith(".")
    assert setting.because, f"{setting.key} has no source: give one where it is defined, be it 'assumed: why'"
    assert f"`{setting.key}`" in (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")


def test_every_environment_variable_is_on_its_page_and_none_is_there_in_vain():
    page = (DOCS / "reference" / "environment.md").read_text(encoding="utf-8")
    files = [path for folder in ("src", "tests", "tools") for path in (ROOT / folder).rglob("*.py") if path != Path(__file__)]
    used = {name for path in files for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    assert set(re.findall(r"^\| `(TACTFUL_\w+)`", page, re.MULTILINE)) == used


def test_every_path_that_is_served_is_on_its_page():
    page = (DOCS / "reference" / "http.md").read_text(encoding="utf-8")
    app = create_app(open_engine("memory:"), keys=dev_keys(), clock=lambda: None)
    served = {re.sub(r":\w+}", "}", route.path) for route in app.routes} - FRAMEWORK
    assert {path for path in served if f"{path}`" not in page} == set()


def test_everything_that_a_sender_is_given_is_on_the_page():
    page = (DOCS / "reference" / "http.md").read_text(encoding="utf-8")
    given = {field.encode_name for field in msgspec.structs.fields(Letter)}
    assert {name for name in given if f"`{name}`" not in page} == set()


def test_every_endpoint_is_described_in_its_own_words():
    app = create_app(open_engine("memory:"), keys=dev_keys(), clock=lambda: None)
    said = {
        f"{method} {path}": operation.get("description")
        for path, methods in app.openapi_schema.to_schema()["paths"].items()
        for method, operation in methods.items()
    }
    silent = {endpoint for endpoint, words in said.items() if not words or "callable" in words}
    assert silent == set()


def codes_in(path):
    """Codes that a module gives away: what it passes as ``code=``, and to ``silence`` or ``_drop``."""
    for call in (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name == "DeadLetter":
            continue  # What an event could not be read for is no code of a decision.
        given = [keyword.value for keyword in call.keywords if keyword.arg == "code"] + (
            list(call.args) if name in ("silence", "_drop", "deny", "defer") else []
        )
        for value in given:
            parts = ast.walk(value) if isinstance(value, ast.BoolOp) else [value]
            yield from (part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str))


def test_every_code_that_is_given_away_is_on_its_page():
    rooms = ("app", "policy", "outreach", "recommend")
    modules = [path for room in rooms for path in (ROOT / "src" / "tactful" / room).rglob("*.py")]
    given = {code for path in modules for code in codes_in(path)}
    sentences = built_in().speak("en")
    given |= (
        set(REASONS) | {rule.code for rule in (*shelf_rules(), *contact_rules())} | set(sentences.sentences("silence")) | set(sentences.sentences("withheld"))
    )
    documented = set(re.findall(r"^\| `(\w+)`", (DOCS / "reference" / "codes.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert given - documented == set()


def test_every_flag_of_every_command_has_its_words():
    bare = [f"{path} --{parameter.name}" for path, parameter in parameters(typer.main.get_command(application)) if not getattr(parameter, "help", None)]
    assert bare == []


def parameters(command, path="tactful"):
    for name, child in getattr(command, "commands", {}).items():
        yield from parameters(child, f"{path} {name}")
    for parameter in command.params if not getattr(command, "commands", None) else ():
        yield path, parameter
