"""Commands that run until stopped: serve and demo."""

from typing import Annotated

import typer

from tactful.cli._options import DEFAULT_DATA, Data, Json, Store, engine, make_directory
from tactful.cli._screen import show
from tactful.model.errors import InvalidInput

LOOPBACK = ("127.0.0.1", "localhost", "::1")
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")]


def serve(
    *,
    dev: Annotated[bool, typer.Option("--dev", help="Use the keys dev-write and dev-secret, on this machine only.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = LOOPBACK[0],
    port: Port = 8321,
    data: Data = DEFAULT_DATA,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Serve the HTTP API and the console until stopped."""
    if dev and host not in LOOPBACK:
        raise InvalidInput(f"--dev has keys that everybody knows, so it refuses {host}; use 127.0.0.1, or leave --dev out")
    from tactful import http

    keys = http.dev_keys() if dev else http.load_keys(make_directory(data))
    work = engine(data, store)
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    show({"url": url, "data": str(data), "dev": dev}, [f"tactful listens on {url}; the API is described at {url}/docs. Stop with Ctrl-C."], as_json=as_json)
    try:
        http.serve(work, keys=keys, host=host, port=port)
    finally:
        work.store.close()


def demo(
    *,
    serve_after: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve a page to look households up when done.")] = True,
    port: Port = 8321,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> int:
    """Read a real grocer's year, learn from it, decide for every household, and check what was decided."""
    from rich.console import Console

    from tactful.demo import run

    return run(make_directory(data), serve=serve_after, port=port, console=Console(stderr=as_json), as_json=as_json)
