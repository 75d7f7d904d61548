"""Write the parts of the docs that are read off the code: everything between `<!-- begin NAME -->` and `<!-- end NAME -->`.

`make docs` writes them; a test fails while a page is not what this would write, so nothing can be added without being documented.
"""

import inspect
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import typer
from msgspec import Struct

from tactful.app.policy import default_parts, settable, told
from tactful.app.policy_file import as_toml
from tactful.cli._application import app
from tactful.http import create_app, dev_keys
from tactful.intent import ANSWERS
from tactful.moderation import VERDICTS
from tactful.outreach import discover_triggers
from tactful.policy import contact_rules, shelf_rules
from tactful.recommend import Source
from tactful.recommend._recommender import discover
from tactful.rehearse import Scenario, read_scenarios
from tactful.rehearse.expect import EXPECTATIONS
from tactful.simulate import WORLDS, read_world
from tactful.wiring import open_engine
from tactful.words import built_in

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SCENARIOS = ROOT / "scenarios"
BLOCK = re.compile(r"<!-- begin (?P<name>[\w-]+) -->\n.*?<!-- end (?P=name) -->", re.DOTALL)


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    lines = [list(header), ["---" for _ in header], *([" ".join(cell.split()).replace("|", "\\|").replace("``", "`") for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def all_scenarios() -> list[Scenario]:
    """Every scenario of this repository, by file and place in it."""
    return [scenario for file in sorted(SCENARIOS.glob("*.yaml")) for scenario in read_scenarios(file)]


def not_yet() -> dict[str, str]:
    """Scenarios that do not hold yet, with the reason."""
    return dict(tomllib.loads((SCENARIOS / "status.toml").read_text(encoding="utf-8"))["not_yet"])


def scenarios() -> str:
    """Every scenario and whether it holds, a table a file."""
    found, waiting = all_scenarios(), not_yet()
    lines = [f"{len(found) - len(waiting)} of {len(found)} hold."]
    for file in dict.fromkeys(scenario.file for scenario in found):
        rows = [(f"`{one.name}`", one.story, f"not yet: {waiting[one.name]}" if one.name in waiting else "yes") for one in found if one.file == file]
        title = file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("#").strip().rstrip(".")
        lines += ["", f"## {title}", "", table(("scenario", "story", "holds"), rows)]
    return "\n".join(lines)


def expectations() -> str:
    """Every expectation and when it holds."""
    return table(("expectation", "holds when"), ((f"`{name}`", inspect.getdoc(function) or "") for name, function in EXPECTATIONS.items()))


def endpoints() -> str:
    """Every endpoint, those that do the same in one row."""
    schema = create_app(open_engine("memory:"), keys=dev_keys(), clock=lambda: None).openapi_schema.to_schema()
    rows: dict[tuple[str, str], list[str]] = {}
    for path, methods in sorted(schema["paths"].items()):
        for method, operation in methods.items():
            if isinstance(operation, dict):
                rows.setdefault((operation["summary"], operation["description"]), []).append(f"`{method.upper()} {path}`")
    return table(("endpoint", "does"), ((", ".join(paths), f"{summary}. {description}") for (summary, description), paths in rows.items()))


def commands() -> str:
    """The help of every command."""
    group = typer.main.get_command(app)
    return "\n\n".join(_help_of(group, ("tactful",)))


def _help_of(command: Any, path: tuple[str, ...]) -> Iterator[str]:
    children = getattr(command, "commands", None)
    if children:
        for name, child in children.items():
            yield from _help_of(child, (*path, name))
        return
    parameters = [_parameter(parameter) for parameter in command.params]
    rows = [row for row in parameters if row is not None]
    yield f"## {' '.join(path)}\n\n{inspect.cleandoc(command.help)}\n\n{table(('parameter', 'meaning', 'default'), rows)}"


def _parameter(parameter: Any) -> tuple[str, str, str] | None:
    if parameter.name == "help":
        return None
    argument = parameter.param_type_name == "argument"
    name = parameter.metavar or parameter.name.upper() if argument else ", ".join((*parameter.opts, *parameter.secondary_opts))
    default = "" if parameter.default is None or argument or parameter.default is False else f"`{parameter.default}`"
    return f"`{name}`", parameter.help or "", default


def rules(found: Iterable[Struct]) -> str:
    """Rules in the order in which they are asked, with their settings."""
    rows = []
    for rule in found:
        found_settings = [f"`{name}` = {_plain(getattr(rule, name))}" for name in settable(type(rule))]
        rows.append((f"`{rule.code}`", inspect.getdoc(rule) or "", "; ".join(found_settings)))  # type: ignore[attr-defined]
    return table(("code", "what it does", "settings"), rows)


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items())
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value)))
    if isinstance(value, tuple):
        return ", ".join(map(_plain, value))
    if isinstance(value, Struct):
        return "(" + ", ".join(f"{name} {part}" for name, part in msgspec.structs.asdict(value).items() if part is not None) + ")"
    return str(value)


def settings() -> str:
    """Every setting with its default, what it means and where the default comes from."""
    rows = []
    for part, holder in default_parts().items():
        for name in settable(type(holder)):
            means, because = told(type(holder), name)
            rows.append((f"`{part}.{name}`", means, f"`{as_toml(getattr(holder, name))}`", because or ""))
    return table(("setting", "meaning", "default", "source of the default"), rows)


def moderation() -> str:
    """What may be found in a text, with its verdict and what the customer is told."""
    words = built_in().speak("en")
    return table(("code", "verdict", "sentence"), ((f"`{code}`", verdict, words.say(f"moderation.{code}")) for code, verdict in VERDICTS.items()))


def codes(sentences: dict[str, str]) -> str:
    """Codes with their sentences."""
    return table(("code", "sentence"), ((f"`{code}`", sentence) for code, sentence in sentences.items()))


def sources() -> str:
    """Every source of candidates; its name is the reason code."""
    found = sorted((source for source in discover() if issubclass(source, Source)), key=lambda source: source.name)
    return table(("code", "proposes"), ((f"`{source.name}`", inspect.getdoc(source) or "") for source in found))


def triggers() -> str:
    """Every trigger of messages."""
    return table(("trigger", "proposes a message when"), ((f"`{trigger.name}`", inspect.getdoc(trigger) or "") for trigger in discover_triggers()))


def answers() -> str:
    """What each reason of a dismissal does."""
    rows = ((f"`{reason}`", answer.means, answer.about, answer.lasts) for reason, answer in ANSWERS.items())
    return table(("reason", "what it does", "of a product, speaks of", "lasts"), rows)


def assumptions() -> str:
    """Every number that the simulator assumes, with its source, a table a world; what is the same everywhere comes first."""
    worlds = [read_world(name) for name in WORLDS]
    header = ("assumption", "unit", "value", "source")
    own = set.union(*({name for name, one in world.assumptions.items() if one != worlds[0].assumptions.get(name)} for world in worlds))
    own |= {name for name in worlds[0].assumptions if any(world.assumptions.get(name) != worlds[0].assumptions[name] for world in worlds)}
    shared = [(f"`{name}`", one.unit, f"{one.value:g}", one.source) for name, one in worlds[0].assumptions.items() if name not in own]
    weights = [(f"`{name}`", one.unit, f"{one.value:g}", one.source) for name, one in worlds[0].weights.items()]
    lines = ["### Everybody, everywhere", "", table(header, shared), "", "### What annoys, and how much", "", table(header, weights)]
    for world in worlds:
        rows = [(f"`{name}`", one.unit, f"{one.value:g}", one.source) for name, one in world.assumptions.items() if name in own]
        types = [(f"`{kind.path}`", kind.kind, f"{kind.days:g}", f"{kind.price:g}", str(kind.styles), ", ".join(kind.goes_with) or "-") for kind in world.types]
        lines += ["", f"### {world.name.capitalize()}", "", world.about, "", table(header, rows)]
        lines += [
            "",
            "What it sells; days are between purchases or of life, all assumed.",
            "",
            table(("type", "kind", "days", "price", "styles", "makes wanted"), types),
        ]
    return "\n".join(lines)


BLOCKS = {
    "assumptions": assumptions,
    "answers": answers,
    "codes-of-reasons": sources,
    "triggers": triggers,
    "settings": settings,
    "scenarios": scenarios,
    "expectations": expectations,
    "endpoints": endpoints,
    "commands": commands,
    "rules-about-products": lambda: rules(shelf_rules()),
    "rules-about-contact": lambda: rules(contact_rules()),
    "codes-of-silence": lambda: codes(built_in().speak("en").sentences("silence")),
    "codes-of-moderation": moderation,
    "codes-of-withholding": lambda: codes(built_in().speak("en").sentences("withheld")),
}


def pages() -> list[Path]:
    """Every page of the docs."""
    return sorted(DOCS.rglob("*.md"))


def written(text: str) -> str:
    """A page with all its blocks as they should be."""
    return BLOCK.sub(lambda found: f"<!-- begin {found['name']} -->\n{BLOCKS[found['name']]()}\n<!-- end {found['name']} -->", text)


if __name__ == "__main__":
    for page in pages():
        before = page.read_text(encoding="utf-8")
        if (after := written(before)) != before:
            page.write_text(after, encoding="utf-8")
            print(f"wrote {page.relative_to(ROOT)}")
