"""What letters need besides their words."""

from msgspec import Struct


class Letterhead(Struct, frozen=True, kw_only=True):
    """Who writes, from where, and where one says no. Commercial e-mail must name all three (CAN-SPAM, 16 CFR 316; directive 2000/31/EC, article 6)."""

    from_address: str | None = None
    from_name: str = ""
    postal_address: str | None = None
    links_url: str | None = None
    """Where the customers' own pages are reached, as ``https://mail.shop.example``."""
    webhook_secret: str | None = None
    """Signs what a webhook is given: ``whsec_`` and base64, as in the Standard Webhooks specification."""

    @property
    def signature(self) -> str:
        """Who writes and from where, on one line."""
        return ", ".join(part for part in (self.from_name, self.postal_address) if part)
