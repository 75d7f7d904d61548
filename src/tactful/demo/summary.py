"""What the demo has to tell, as data and on the screen."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tactful.demo.check import Hits

ASSUMPTION = (
    "The data does not tell who agreed to be written to. A household counts as having agreed to e-mail from its first campaign contact on; "
    "nobody else is written to. Times are those of New York."
)

NEARNESS = {
    "exact": "they bought it",
    "style": "they bought another size or sort of it",
    "type": "they bought another of its kind",
    None: "they bought nothing of the kind that week",
}


class Step(Struct, frozen=True, kw_only=True):
    """One step of the demo. ``peak_mb`` is the most memory the process has held so far, in megabytes."""

    name: str
    seconds: float
    peak_mb: int


class Tally(Struct, frozen=True, kw_only=True):
    """How many households got one answer: a silence code with its sentence, or a trigger."""

    code: str
    households: int
    sentence: str = ""


class ExampleItem(Struct, frozen=True, kw_only=True):
    """One thing said, why, and what came of it. ``bought`` is ``exact``, ``style``, ``type`` or None."""

    product_id: str
    title: str
    reason: str
    bought: str | None


class Example(Struct, frozen=True, kw_only=True):
    """One message, as planned."""

    user_id: str
    trigger: str
    subject: str
    items: tuple[ExampleItem, ...]


class DemoSummary(Struct, frozen=True, kw_only=True):
    """Everything the demo found out."""

    lines_read: int
    """Order lines in the data, the last month included."""
    events: int
    """Events recorded, the last month included."""
    products: int
    products_left_out: int
    """Sold, but no merchandise: fuel, coupons, gift cards, deposits."""
    households: int
    written_to: int
    left_alone: int
    silence: tuple[Tally, ...]
    triggers: tuple[Tally, ...]
    overtaken: int
    """Messages about something they bought by themselves before the message would have left; checked again at sending, those are dropped."""
    said: Hits
    favourites: Hits
    """Baseline: what the household buys most often."""
    best_sellers: Hits
    """Baseline: what the shop sells most."""
    examples: tuple[Example, ...]
    steps: tuple[Step, ...]
    assumption: str = ASSUMPTION


def show(summary: DemoSummary, console: Console) -> None:
    """Print the summary."""
    console.print()
    console.print(
        f"Read {summary.lines_read:,} order lines as {summary.events:,} events of {summary.households:,} households, and {summary.products:,} products "
        f"({summary.products_left_out:,} more are no merchandise and were left out: fuel, coupons, gift cards, deposits)."
    )
    console.print(Text(summary.assumption, style="dim"))
    console.print(_who(summary))
    console.print(_precision(summary))
    console.print(
        f"Before their message would have left, {summary.overtaken:,} of {summary.written_to:,} households had bought it already: it would be dropped.\n"
    )
    _examples(summary.examples, console)
    console.print(_steps(summary.steps))


def _who(summary: DemoSummary) -> Table:
    table = Table(title="The first week of December", title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("Households", justify="right")
    table.add_column("Code")
    table.add_column("In words")
    table.add_row(f"{summary.written_to:,}", "written to", "", style="bold")
    for tally in summary.triggers:
        table.add_row(f"{tally.households:,}", f"  {tally.code}", tally.sentence)
    table.add_row(f"{summary.left_alone:,}", "left alone", "", style="bold")
    for tally in summary.silence:
        table.add_row(f"{tally.households:,}", f"  {tally.code}", tally.sentence)
    return table


def _precision(summary: DemoSummary) -> Padding:
    title = f"Of what was said, bought within seven days ({summary.said.messages:,} messages, {summary.said.items:,} items)"
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("")
    for heading in ("item: product", "style", "type", "message: product", "style", "type"):
        table.add_column(heading, justify="right")
    ways = (("said", summary.said), ("their favourites", summary.favourites), ("best sellers", summary.best_sellers))
    for name, found in ways:
        shares = (found.item_exact, found.item_style, found.item_type, found.message_exact, found.message_style, found.message_type)
        table.add_row(name, *(f"{share:.1%}" for share in shares), style="bold" if found is summary.said else "")
    table.caption = "A message is right when one of its items is. Baselines: same households, same number of items."
    table.caption_justify = "left"
    return Padding(table, (1, 0, 0, 0))


def _examples(examples: Sequence[Example], console: Console) -> None:
    console.print(Text(f"{len(examples)} of the messages", style="bold"))
    for example in examples:
        console.print(Text(f"{example.user_id} · {example.trigger} · {example.subject}"))
        for item in example.items:
            console.print(Padding(Text(item.reason), (0, 0, 0, 4)))
            console.print(Padding(Text(f"→ {NEARNESS[item.bought]}", style="green" if item.bought else "dim"), (0, 0, 0, 4)))


def _steps(steps: Iterable[Step]) -> Padding:
    table = Table(title="Time and memory", title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("Step")
    table.add_column("Seconds", justify="right")
    table.add_column("Peak so far", justify="right")
    total, peak = 0.0, 0
    for step in steps:
        total, peak = total + step.seconds, max(peak, step.peak_mb)
        table.add_row(step.name, f"{step.seconds:.1f}", f"{step.peak_mb:,} MB")
    table.add_row("all", f"{total:.1f}", f"{peak:,} MB", style="bold")
    return Padding(table, (1, 0, 0, 0))
