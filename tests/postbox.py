"""A real mail server on this machine that keeps what it gets, and answers at each step what it was told to."""

import asyncio
import socket
from contextlib import contextmanager

from aiosmtpd.controller import Controller


class Postbox:
    """Takes letters, and answers at each step what it was told to."""

    def __init__(self, **answers):
        self.answers = {step: list(said) for step, said in answers.items()}
        self.letters = []

    def _answer(self, step):
        return self.answers[step].pop(0) if self.answers.get(step) else "250 OK"

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - the server calls it so
        envelope.mail_from = address
        return self._answer("mail")

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        said = self._answer("rcpt")
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        said = self._answer("data")
        if said == "hang up":
            session.loop.call_soon(server.transport.close)
            await asyncio.sleep(0)
            return "250 never heard"
        if said == "slow":
            await asyncio.sleep(5)
        if said.startswith("250"):
            self.letters.append(envelope)
        return said


@contextmanager
def server(**answers):
    postbox = Postbox(**answers)
    controller = Controller(postbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield postbox, controller.port
    finally:
        controller.stop()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
