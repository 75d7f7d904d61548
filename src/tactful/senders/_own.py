"""A sender that carries one channel only, as a shop's file may say."""

from tactful.app.ports import Sender
from tactful.model.outbox import Handover, Letter


class ForChannel:
    """Passes on the messages of one channel, under a name of its own: another folder or server of the same kind is another sender."""

    def __init__(self, sender: Sender, channel: str) -> None:
        self.sender = sender
        self.name = f"{sender.name} for {channel}"
        self.channels = frozenset({channel})

    def send(self, letter: Letter) -> Handover:
        """Hand it on."""
        return self.sender.send(letter)

    def handed_over(self, message_id: str) -> bool | None:
        """Whether it left, as far as the sender can tell."""
        return self.sender.handed_over(message_id)

    def close(self) -> None:
        """Close what is behind."""
        self.sender.close()
