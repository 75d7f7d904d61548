"""Many clients at once against a server in a process of its own: how long each answer took, and how much memory the server had meanwhile."""

import http.client
import math
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import numpy as np
from msgspec import Struct

from tactful.model.errors import NotReady

STARTS_WITHIN_SECONDS = 120.0
LOOK_EVERY_SECONDS = 1.0


class Server(Struct, frozen=True):
    """A running process that listens."""

    port: int
    process: subprocess.Popen[bytes]

    def memory_mb(self) -> float:
        """Resident memory. Where the system does not tell of others, that of the largest child so far."""
        with suppress(OSError, StopIteration, ValueError):
            lines = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines()
            return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1000
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1_000_000

    def cpu_seconds(self) -> float:
        """Processor time so far. Where the system does not tell of others, nan."""
        with suppress(OSError, ValueError):
            fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return math.nan


class Load(Struct, frozen=True, kw_only=True):
    """What clients met."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    """Processor time of the server, a request: what does not depend on who else is busy on the machine."""
    memory_mb: tuple[float, ...] = ()
    """Once a second."""

    @property
    def a_second(self) -> float:
        """Requests a second, of all clients together."""
        return self.requests / self.seconds


@contextmanager
def serving(*command: str) -> Iterator[Server]:
    """Start ``python -m COMMAND --port PORT`` and wait until it listens. Raises NotReady."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", *command, "--port", str(port)], stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    try:
        _wait(process, port)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait()


def load(server: Server, bodies: Callable[[int], Iterator[bytes]], *, path: str, headers: dict[str, str], clients: int, seconds: float) -> Load:
    """Let every client send body after body for some time, each on a connection that stays open. Raises NotReady where an answer is not 200."""
    until, took, trouble = time.monotonic() + seconds, [list[float]() for _ in range(clients)], list[Exception]()

    def work(number: int) -> None:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
                for body in bodies(number):
                    if time.monotonic() > until or trouble:
                        return
                    took[number].append(_ask(connection, path, body, headers))
        except (OSError, http.client.HTTPException, NotReady) as problem:
            trouble.append(problem)

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(clients)]
    began, cpu, memory = time.monotonic(), server.cpu_seconds(), list[float]()
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        threads[0].join(LOOK_EVERY_SECONDS) if threads[0].is_alive() else time.sleep(LOOK_EVERY_SECONDS / 10)
        memory.append(server.memory_mb())
    if trouble:
        raise NotReady(f"the server under load failed: {trouble[0]}")
    return _load(took, seconds=time.monotonic() - began, cpu=server.cpu_seconds() - cpu, memory=memory)


def _load(took: Sequence[list[float]], *, seconds: float, cpu: float, memory: list[float]) -> Load:
    every = np.concatenate([np.array(each) for each in took])
    p50, p99 = (float(np.quantile(every, share)) * 1000 for share in (0.5, 0.99))
    return Load(requests=len(every), seconds=seconds, p50_ms=p50, p99_ms=p99, cpu_ms=cpu / len(every) * 1000, memory_mb=tuple(memory))


def _ask(connection: http.client.HTTPConnection, path: str, body: bytes, headers: dict[str, str]) -> float:
    begun = time.perf_counter()
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise NotReady(f"{path} answered {answer.status}: {said[:200]!r}")
    return time.perf_counter() - begun


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise NotReady("the server to be measured did not start; see what it said above")
