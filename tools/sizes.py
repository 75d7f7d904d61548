"""Hold functions, files and signatures to the sizes that read well; print a table of what is over.

A body is the lines after signature and docstring. Code that reads well keeps 95 % of its bodies under about thirty lines.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
BODY_P95, BODY_MAX = 30, 60
FILE_P95, FILE_MAX = 400, 700
POSITIONAL_MAX, PRIVATE_POSITIONAL_MAX = 3, 4

HANDLERS = {"get", "post", "put", "patch", "delete"}

LONG_WITH_REASON: dict[str, str] = {}
"""``path::function`` to the reason why it may be longer than BODY_MAX."""


class Function(NamedTuple):
    """One function of the source."""

    path: str
    name: str
    line: int
    body: int
    positional: int

    @property
    def positional_limit(self) -> int:
        """Public signatures are read without their source beside them, so they take fewer."""
        return PRIVATE_POSITIONAL_MAX if self.name.startswith("_") else POSITIONAL_MAX

    @property
    def key(self) -> str:
        """How it is named in LONG_WITH_REASON."""
        return f"{self.path}::{self.name}"


def functions(path: Path) -> Iterator[Function]:
    """All functions of a file, methods and inner ones too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        statements = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
        lines = (statements[-1].end_lineno or 0) - statements[0].lineno + 1 if statements else 0
        arguments = [argument.arg for argument in node.args.posonlyargs + node.args.args]
        positional = 0 if _is_handler(node) else len(arguments) - (arguments[:1] in (["self"], ["cls"]))
        yield Function(path.relative_to(ROOT).as_posix(), node.name, node.lineno, lines, positional)


def _is_handler(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the web framework calls it, by parameter name."""
    called = [decorator.func for decorator in node.decorator_list if isinstance(decorator, ast.Call)]
    return any(isinstance(name, ast.Name) and name.id in HANDLERS for name in called)


def percentile_95(sizes: list[int]) -> int:
    """The size that 95 % do not exceed; 0 without any.

    >>> percentile_95([1] * 95 + [99] * 5)
    1
    """
    ranked = sorted(sizes)
    return ranked[max(0, -(-len(ranked) * 95 // 100) - 1)] if ranked else 0


def shortcomings(found: list[Function], files: dict[str, int]) -> list[str]:
    """One line for everything that is over a limit."""
    lines = [f"{f.path}:{f.line}  {f.name}  body {f.body} lines, limit {BODY_MAX}" for f in found if f.body > BODY_MAX and f.key not in LONG_WITH_REASON]
    lines += [
        f"{f.path}:{f.line}  {f.name}  {f.positional} positional parameters, limit {f.positional_limit}" for f in found if f.positional > f.positional_limit
    ]
    lines += [f"{path}  {size} lines, limit {FILE_MAX}" for path, size in files.items() if size > FILE_MAX]
    known = {f.key for f in found if f.body > BODY_MAX}
    lines += [f"{key}  is named in LONG_WITH_REASON but is not long any more: remove it" for key in LONG_WITH_REASON if key not in known]
    if (body := percentile_95([f.body for f in found])) > BODY_P95:
        longest = sorted(found, key=lambda f: -f.body)[:15]
        lines.append(f"95 % of bodies are within {body} lines, limit {BODY_P95}; the longest:")
        lines += [f"    {f.body:>4}  {f.path}:{f.line}  {f.name}" for f in longest]
    if (size := percentile_95(list(files.values()))) > FILE_P95:
        lines.append(f"95 % of files are within {size} lines, limit {FILE_P95}; the longest:")
        lines += [f"    {size:>4}  {path}" for path, size in sorted(files.items(), key=lambda item: -item[1])[:8]]
    return lines


def main() -> int:
    """Measure src; print what is over a limit, or how it stands."""
    paths = sorted((ROOT / "src").rglob("*.py"))
    found = [function for path in paths for function in functions(path)]
    files = {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    lines = shortcomings(found, files)
    print("\n".join(lines) if lines else f"{len(found)} functions, 95 % within {percentile_95([f.body for f in found])} lines; {len(files)} files")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
