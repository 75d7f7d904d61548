"""The scorecard on a screen and as a picture."""

from collections.abc import Sequence
from html import escape

from rich.table import Table as Grid

from tactful.simulate.estimators import Check
from tactful.simulate.play import YOURS
from tactful.simulate.promises import Promise
from tactful.simulate.scorecard import FIGURES, Figure, Scorecard
from tactful.simulate.sensitivity import Flip

SHARES = {"helpful", "mistaken_outreach", "mistaken_home", "wants_kept", "unsubscribed", "complained", "left"}
BAR, ROW, LEFT, RIGHT = 320, 30, 130, 190


def grid(card: Scorecard) -> Grid:
    """Figures as rows, policies as columns."""
    setup = card.setup
    table = Grid(title=f"{setup.world}: {setup.customers} customers, {setup.months} months, seed {setup.seed}", title_justify="left")
    table.add_column("figure")
    for row in card.rows:
        table.add_column(row.policy.replace("_", " "), justify="right")
    for ratio in FIGURES:
        table.add_row(ratio.title, *(said(row.figures.get(ratio.name), share=ratio.name in SHARES) for row in card.rows))
    return table


def said(figure: Figure | None, *, share: bool) -> str:
    """A figure with its interval.

    >>> said(Figure(value=0.5, low=0.4, high=0.6), share=True)
    '50.0 % (40.0-60.0)'
    """
    if figure is None:
        return "-"
    if share:
        return f"{100 * figure.value:.1f} % ({100 * figure.low:.1f}-{100 * figure.high:.1f})"
    return f"{figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f})"


def annoyances(card: Scorecard) -> Grid:
    """Annoyances by kind for each hundred messages."""
    table = Grid(title="of each hundred messages", title_justify="left")
    table.add_column("kind")
    kinds = sorted({kind for row in card.rows for kind in row.annoyances})
    for row in card.rows:
        table.add_column(row.policy.replace("_", " "), justify="right")
    for kind in kinds:
        table.add_row(kind.replace("_", " "), *(f"{row.annoyances.get(kind, 0):.1f}" for row in card.rows))
    return table


def tested(checks: Sequence[Check]) -> Grid:
    """Estimators beside the truth."""
    table = Grid(
        "world", "seed", "estimator", "rank correlation", "95 % intervals that hold", "error / spread", "effective share", title="estimators against the truth"
    )
    for one in checks:
        figures = (f"{figure:.2f}" for figure in (one.rank_correlation, one.coverage, one.relative_error, one.effective_share))
        table.add_row(one.world, str(one.seed), one.estimator, *figures)
    return table


def must_hold(found: Sequence[Promise]) -> Grid:
    """What must hold of Tactful: figure and interval of each promise, and whether it was kept."""
    table = Grid("world", "what must hold", "figure", "bound", "nearest", "", title="what must hold", title_justify="left")
    for one in found:
        bound = f"{100 * one.bound:g} %" if one.share else f"{one.bound:g}"
        nearest = (one.against or "").replace("_", " ")
        table.add_row(one.world, one.title, said(one.figure, share=one.share), bound, nearest, "kept" if one.kept else "missed")
    return table


def verdict(found: Sequence[Flip]) -> str:
    """One line on what the conclusions hang on."""
    if not found:
        return "No conclusion on value turns round when any one weight or reaction is halved or made half as high again."
    turned = sorted({f"{flip.assumption} x{flip.factor:g} (against {flip.against.replace('_', ' ')})" for flip in found})
    return f"Conclusions on value that turn round: {'; '.join(turned)}."


def picture(card: Scorecard) -> str:
    """Annoyance and value of every policy as bars, in SVG; the numbers stand beside the bars."""
    parts: list[str] = []
    top = 34
    for name, title in (("annoyance_a_year", "Annoyance a customer-year"), ("value_gained", "Value gained on silence, a customer")):
        figures = [(row.policy, row.figures[name]) for row in card.rows if name in row.figures]
        parts += _bars(title, figures, top=top)
        top += ROW * len(figures) + 60
    width = LEFT + BAR + RIGHT
    style = "text{font:13px sans-serif;fill:#222}.t{font-weight:bold}.b{fill:#8aa7c4}.o{fill:#2f6f4f}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top}" role="img" aria-label="{escape(card.setup.world)}: policies side by side">'
    return "\n".join([head, f"<style>{style}</style>", *parts, "</svg>\n"])


def _bars(title: str, figures: Sequence[tuple[str, Figure]], *, top: int) -> list[str]:
    low, high = min(0.0, *(figure.value for _, figure in figures)), max(0.0, *(figure.value for _, figure in figures))
    scale = BAR / max(high - low, 1e-9)
    zero = LEFT - low * scale
    parts = [f'<text class="t" x="8" y="{top - 10}">{escape(title)}</text>']
    for index, (policy, figure) in enumerate(figures):
        y, start, width = top + ROW * index, zero + min(0.0, figure.value) * scale, abs(figure.value) * scale
        parts.append(f'<text x="8" y="{y + 17}">{escape(policy.replace("_", " "))}</text>')
        parts.append(f'<rect class="{"o" if policy in {"tactful", YOURS} else "b"}" x="{start:.1f}" y="{y + 4}" width="{width:.1f}" height="18"/>')
        parts.append(f'<text x="{LEFT + BAR + 8}" y="{y + 17}">{said(figure, share=False)}</text>')
    return parts
