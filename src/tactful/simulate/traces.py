"""What a shop sees of a life: the events its own tracking would report, without a word of why."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tactful.simulate.policy import Seen, Send
from tactful.simulate.shop import Shop
from tactful.simulate.streams import stream
from tactful.simulate.truth import PLACES, Person, Want


class Traces:
    """Turns what happens into events. Which visits are signed in or tell a place, and which orders are seen, depends on the want alone, not on the policy."""

    def __init__(self, shop: Shop, person: Person, *, seed: int, tell: Callable[[Seen], None]) -> None:
        self.shop, self.world, self.person, self._tell = shop, shop.world, person, tell
        random = stream(seed, person.number + 1, "traces")
        self._wants: np.ndarray[Any, np.dtype[np.float64]] = random.random((len(person.wants) + 1, 4))
        self._days: np.ndarray[Any, np.dtype[np.float64]] = random.random((4096, 2))

    def sign_up(self) -> None:
        """They sign in for the first time, and say whether they want to be written to."""
        traits = {"email": f"{self.person.user_id}@customers.example", "loyaltyCard": f"card-{self.person.number}"}
        first = min([0.0, *(want.opens for want in self.person.wants)])
        self.tell(first - 1, "identify", {**traits, "timezone": PLACES[self.person.home[0][1]].timezone})
        if self.person.consented:
            self.tell(first - 1, "Consent Updated", {"purpose": "marketing", "channel": "email", "granted": True})

    def tell(self, day: float, event: str, properties: Mapping[str, Any], **rest: Any) -> None:
        """Report one event."""
        self._tell(Seen(day=day, event=event, properties=properties, **rest))

    def visit(self, day: float, *, place: int, at_home: bool) -> None:
        """A page with nothing on it but where they are."""
        self.tell(day, "page", {"name": "Home"}, context=self._where(day, place, at_home=at_home))

    def look(self, day: float, want: Want, *, last: bool, place: int) -> None:
        """A look at a product, with what happens around it."""
        style, chances = self.shop.styles[want.style], self._wants[want.number]
        anonymous = want.kind == "someone_else" or chances[0] > self.world["logged_in_share"]
        context = dict(self._where(day, place, at_home=place == self.person.home_on(day)))
        if want.kind == "check":
            context["page"] = {"referrer": "https://compare.example/offers"}
        if "search" in want.signs and day == want.looks[0]:
            self.tell(day - 1e-4, "Products Searched", {"query": "gift for a friend"}, anonymous=anonymous, context=context)
        product = self._product(want)
        properties = {"product_id": product, "price": style.price_at(day), "currency": "EUR"}
        self.tell(day, "Product Viewed", properties, style=want.style, anonymous=anonymous, context=context)
        if want.kind in {"slip", "check"}:
            self.tell(day + 3 / 86400, "page", {"name": "Home"}, anonymous=anonymous, context=context)
        if want.on_list and want.looks.index(day) == 1:
            self.tell(day + 1e-4, "Product Added to Wishlist", properties, style=want.style, anonymous=anonymous)
        if want.in_cart and last:
            self.tell(day + 2e-4, "Product Added", properties, style=want.style, anonymous=anonymous)

    def order(self, day: float, wants: Sequence[Want]) -> None:
        """An order, on the web or at the till; without the card the till does not know whose it is, and nobody is told."""
        chances = self._wants[wants[0].number]
        at_till = bool(chances[1] < self.world["till_share"])
        if at_till and chances[2] > self.world["card_share"]:
            return
        gifts, own = [want for want in wants if want.kind == "gift"], [want for want in wants if want.kind != "gift"]
        if own:
            self._order(day, own, {}, at_till=at_till)
        for gift in gifts:
            marks: dict[str, Any] = {"gift": True} if "flag" in gift.signs else {}
            if "address" in gift.signs and not at_till:
                marks["shipping"] = {"country": "IT", "city": "Torino", "postal_code": "10121"}
            self._order(day + 1e-3, [gift], marks, at_till=at_till)

    def _order(self, day: float, wants: Sequence[Want], marks: Mapping[str, Any], *, at_till: bool) -> None:
        lines = [{"product_id": self._product(want), "quantity": 1, "price": self.shop.styles[want.style].price_at(day)} for want in wants]
        self._sell(day, lines, {**marks, "order_id": f"o{self.person.number}-{wants[0].number}"}, at_till=at_till, style=wants[0].style)

    def _sell(self, day: float, lines: Sequence[Mapping[str, Any]], rest: Mapping[str, Any], *, at_till: bool, style: int) -> None:
        channel = {"channel": "pos" if at_till else "web", "currency": "EUR", "products": list(lines)}
        self.tell(day, "Order Completed", {**channel, **rest}, style=style, at_till=at_till)

    def find(self, day: float, style: int) -> None:
        """They bought something that they were shown and had not thought of."""
        product = self.shop.product_of(style, self.person.size, self.person.colour)
        line = {"product_id": product, "quantity": 1, "price": self.shop.styles[style].price_at(day)}
        self._sell(day + 1e-3, [line], {"order_id": f"o{self.person.number}-find-{day:.3f}"}, at_till=False, style=style)

    def delivered(self, day: float, send: Send) -> None:
        """A message arrived."""
        self.tell(day, "Email Delivered", {"message_id": send.reference or f"m{day:.4f}", "trigger": send.trigger})

    def clicked(self, day: float, send: Send) -> None:
        """They followed a link in a message."""
        self.tell(day + 0.01, "Email Link Clicked", {"message_id": send.reference or f"m{day:.4f}"})

    def left(self, day: float, *, complained: bool) -> None:
        """They do not want to be written to any more."""
        self.tell(day + 0.01, "Email Marked as Spam" if complained else "Unsubscribed", {"channel": "email", "message_id": f"m{day:.4f}"})

    def _product(self, want: Want) -> str:
        """The variant: their size for themselves, another for others."""
        size = self.person.size if want.kind not in {"gift", "someone_else"} else (self.person.size + 2) % 4
        return self.shop.product_of(want.style, size, self.person.colour)

    def _where(self, day: float, place: int, *, at_home: bool) -> dict[str, Any]:
        """Time zone, and now and then the place, as a phone would tell it."""
        where = PLACES[place]
        context: dict[str, Any] = {"timezone": where.timezone}
        if self._days[int(day) % len(self._days), 0] < self.world["located_home" if at_home else "located_away"]:
            context["location"] = {"latitude": where.latitude, "longitude": where.longitude, "country": where.country}
        return context
