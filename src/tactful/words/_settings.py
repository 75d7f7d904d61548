"""What the shop may set about its words."""

from typing import Annotated

from msgspec import Struct

from tactful.model.settings import setting


class Language(Struct, frozen=True, kw_only=True):
    """In which language the shop speaks where nobody says otherwise."""

    locale: Annotated[
        str,
        setting(
            "The shop's own language, like en or fr-CA: for customers whose language is not known or not spoken here, and for what only the shop reads.",
            source="a stated language comes first, then that of their device, then that of the page",
            pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$",
        ),
    ] = "en"
