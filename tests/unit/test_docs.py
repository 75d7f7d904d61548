"""The docs say what is there: what is read off the code is current, and nothing is missing or leads nowhere."""

import re
from pathlib import Path

import pytest

from documentation import BLOCK, BLOCKS, DOCS, ROOT, pages, written
from tactful import __version__

LINK = re.compile(r"\[[^\]]*\]\((?!https?:|#)([^)#]+)")
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
