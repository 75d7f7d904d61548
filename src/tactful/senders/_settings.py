"""What letters need besides their words."""

from msgspec import Struct


class Letterhead(Struct, frozen=True, kw_only=True):
    """Who writes, and from where. Commercial e-mail must name both (CAN-SPAM, 16 CFR 316; directive 2000/31/EC, article 5)."""

    from_address: str | None = None
    from_name: str = ""
    postal_address: str | None = None
    webhook_secret: str | None = None
    """Signs what a webhook is given: ``whsec_`` and base64, as in the Standard Webhooks specification."""
