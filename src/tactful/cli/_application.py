"""All commands in one application, and how its errors become one line and an exit code."""

import sys
from collections.abc import Sequence

import typer

from tactful import __version__
from tactful.cli import _ask, _bench, _customer, _doctor, _keys, _policy, _rehearse, _send, _serve, _shop, _simulate, _words
from tactful.model.errors import TactfulError

WRONG_USAGE = 2
INTERRUPTED = 130

UsageError: type[Exception] = typer.BadParameter.__bases__[0]
"""The base of everything the parser may complain about; typer itself names only this one child of it."""

app = typer.Typer(
    name="tactful",
    help="Personalization for shops that would rather be remembered than noticed.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
words = typer.Typer(name="words", help="What customers read.", rich_markup_mode=None)
keys = typer.Typer(name="keys", help="Hand out keys, take them back, and see who looked at whom.", rich_markup_mode=None)
outreach = typer.Typer(name="outreach", help="Plan and send messages.", rich_markup_mode=None)

app.command("demo")(_serve.demo)
app.command("init")(_shop.init)
app.command("import")(_shop.import_source)
app.command("train")(_shop.train)
app.command("serve")(_serve.serve)
app.command("decide")(_ask.decide)
app.command("explain")(_ask.explain)
outreach.command("plan")(_ask.plan)
outreach.command("run")(_send.run)
app.add_typer(outreach)
words.command("preview")(_words.preview)
words.command("check")(_words.check)
app.add_typer(words)
app.command("rehearse")(_rehearse.rehearse)
app.command("simulate")(_simulate.simulate)
app.command("bench")(_bench.bench)
app.command("policy")(_policy.policy)
keys.command("add")(_keys.add)
keys.command("list")(_keys.list_keys)
keys.command("rotate")(_keys.rotate)
keys.command("revoke")(_keys.revoke)
keys.command("audit")(_keys.audit)
app.add_typer(keys)
app.command("export")(_customer.export)
app.command("erase")(_customer.erase)
app.command("doctor")(_doctor.doctor)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tactful {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Show the version and end."),
) -> None:
    pass


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code. Anticipated errors become one line on standard error that says what to do.

    Codes: 0 done, 1 what was checked fell short, 2 wrong usage, unreadable input or unusable store, 130 interrupted.
    """
    try:
        code = app(args=list(arguments) or ["--help"], prog_name="tactful", standalone_mode=False)
    except UsageError as error:
        return _complain(_usage(error), WRONG_USAGE)
    except TactfulError as error:
        return _complain(error.message, WRONG_USAGE)
    except BrokenPipeError:
        return 0
    except OSError as error:
        return _complain(f"{error.filename or 'system'}: {error.strerror or error}", WRONG_USAGE)
    except (KeyboardInterrupt, typer.Abort):
        return _complain("interrupted; running the same command again is safe", INTERRUPTED)
    return code if isinstance(code, int) else 0


def _usage(error: Exception) -> str:
    message = " ".join(str(getattr(error, "format_message", lambda: error)()).split())
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "tactful"
    return f"{message.rstrip('.')} (see {command} --help)"


def _complain(message: str, code: int) -> int:
    print(f"tactful: {' '.join(message.split())}", file=sys.stderr)  # noqa: T201 - the one place errors are shown
    return code
