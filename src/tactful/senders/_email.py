"""A letter as the bytes of an e-mail: text and HTML, and headers that arrive as they left."""

import re
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from tactful.model.outbox import Letter
from tactful.senders._settings import Letterhead

PLAIN = re.compile(r"[\x21-\x7e]{1,900}")
"""What may stand in a header line of ours: visible ASCII, well under the 998 characters that a line may have (RFC 5322, 2.1.1)."""


def email_bytes(letter: Letter, letterhead: Letterhead) -> bytes:
    """Write the e-mail.

    Ids and links are put in front as lines of their own: Python's header folding would encode what is longer than a line (``=?utf-8?q?=3Chttps=3A…``), and no
    mail program decodes a link or an id.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(display_name=one_line(letterhead.from_name), addr_spec=letterhead.from_address)
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(letter.at.astimezone(UTC))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{letter.text}\n\n-- \n{letterhead.signature}\n", cte="quoted-printable")
    footer = f"<p><small>{escape(letterhead.signature)}</small></p>"
    message.add_alternative(letter.html.replace("</body>", f"{footer}</body>"), subtype="html", cte="quoted-printable")
    message["Content-Language"] = one_line(letter.locale)  # Not earlier: making two bodies of one gives such headers to the first.
    lines = [f"{name}: {value}\r\n" for name, value in own_lines(letter, letterhead).items()]
    return "".join(lines).encode("ascii") + message.as_bytes()


def own_lines(letter: Letter, letterhead: Letterhead) -> dict[str, str]:
    """Headers that must not be folded. Source: RFC 2369 and RFC 8058 for the way out."""
    domain = (letterhead.from_address or "").rpartition("@")[2]
    lines = {"Message-ID": f"<{letter.message_id}@{domain}>"}
    if letter.unsubscribe_url is not None:
        lines |= {"List-Unsubscribe": f"<{letter.unsubscribe_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return {name: value for name, value in lines.items() if PLAIN.fullmatch(value)}


def one_line(text: str) -> str:
    r"""Text that cannot begin a header of its own.

    >>> one_line("Beans\r\nBcc: all@customers.example")
    'Beans Bcc: all@customers.example'
    """
    return " ".join(text.split())
