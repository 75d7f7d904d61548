"""Commands that run until stopped: serve and demo."""

from typing import Annotated

import typer

from tactful.cli._options import DEFAULT_DATA, Config, Data, Json, Store, at_work
from tactful.cli._screen import show
from tactful.cli._send import From, LinksUrl, PostalAddress, Sender, postroom

Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")]


def serve(
    *,
    dev: Annotated[bool, typer.Option("--dev", help="Use the keys dev-write and dev-secret, on this machine only.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Port = 8321,
    sender: Sender = None,
    sender_from: From = None,
    postal_address: PostalAddress = None,
    links_url: LinksUrl = None,
    config: Config = None,
    data: Data = DEFAULT_DATA,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Serve the HTTP API and the console until stopped."""
    from tactful import http

    keys = http.dev_keys(host) if dev else http.load_keys(data)
    http.check_free(host, port)
    with at_work(data, store, config) as work:
        mail = postroom(sender, policy=work.policy, data=data, sender_from=sender_from, postal_address=postal_address, links_url=links_url, keys=keys)
        url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        show({"url": url, "data": str(data), "dev": dev}, [f"tactful listens on {url}; the API is described at {url}/docs. Stop with Ctrl-C."], as_json=as_json)
        http.serve(work, keys=keys, host=host, port=port, postroom=mail, scripts_in=data / "scripts")


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

    return run(data, serve=serve_after, port=port, console=Console(stderr=as_json), as_json=as_json)
