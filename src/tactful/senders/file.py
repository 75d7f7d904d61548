"""One JSON file a message, in a folder: for another program that sends them, and to look at."""

import hashlib
import os
import re
from pathlib import Path
from urllib.parse import SplitResult, unquote

import msgspec

from tactful.model.errors import InvalidInput, NotReady
from tactful.model.outbox import Handover, Letter
from tactful.senders._settings import Letterhead

SCHEMES = ("file",)
PLAIN_NAME = re.compile(r"[\w-]{1,100}")


class FileSender:
    """Writes each message under its own id, so that a message handed over twice is one file. Files may be moved away an hour after they were written."""

    name = "file"
    channels = frozenset({"email", "sms", "push"})

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NotReady(f"{folder} cannot be made ({error.strerror}): give a folder that you may write to") from error

    def send(self, letter: Letter) -> Handover:
        """Write the whole file beside its place, then move it there: nobody ever sees half a message."""
        path = self._path(letter.message_id)
        half = path.with_suffix(".part")
        try:
            with half.open("wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(letter), indent=2))
                file.flush()
                os.fsync(file.fileno())
            half.replace(path)
        except OSError as error:
            return Handover(fate="down", detail=f"{path} cannot be written ({error.strerror})")
        return Handover(fate="sent")

    def handed_over(self, message_id: str) -> bool | None:
        """Whether its file is there."""
        return self._path(message_id).exists()

    def close(self) -> None:
        """Nothing is held open."""

    def _path(self, message_id: str) -> Path:
        plain = message_id if PLAIN_NAME.fullmatch(message_id) else hashlib.sha256(message_id.encode()).hexdigest()
        return self.folder / f"{plain}.json"


def open_at(address: SplitResult, _: Letterhead) -> FileSender:
    """A folder, as ``file:outbox`` or ``file:///var/outbox``. Raises InvalidInput and NotReady."""
    if address.netloc not in ("", "localhost") or not address.path:
        raise InvalidInput("a file sender needs a folder on this machine, as file:outbox or file:///var/outbox")
    return FileSender(Path(unquote(address.path)))
