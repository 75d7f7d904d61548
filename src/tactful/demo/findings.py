"""From plans and what happened next to a summary: pure counting."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time, timedelta

from tactful.demo import complete_journey as grocer
from tactful.demo.check import Kinds, best_sellers, favourites, hits, how_near
from tactful.demo.summary import DemoSummary, Example, ExampleItem, Tally
from tactful.model.decisions import Message, Plan
from tactful.model.events import OrderCompleted
from tactful.model.products import Product

LAST_MONTH = date(2017, 12, 1)
TRAINED_UNTIL = grocer.shop_time(LAST_MONTH, time(0))
"""The first eleven months end here: nothing later is in the log while we learn and plan."""
PLANNED_AT = grocer.shop_time(LAST_MONTH, time(9))
WEEK = timedelta(days=7)
EXAMPLES = 10
EXAMPLE_SEED = 20171201


def summarise(plans: Sequence[Plan], tables: grocer.Tables, products: Sequence[Product]) -> DemoSummary:
    """Compare what was planned with what was bought in the seven days after; events and steps are for the caller to fill in."""
    kinds = Kinds.of(products)
    messages = {plan.user_id: plan.message for plan in plans if plan.message}
    said = {user: [item.product_id for item in message.items] for user, message in messages.items()}
    sold = grocer.times_sold(tables.transactions, until=TRAINED_UNTIL)
    usual = favourites(said, grocer.lines_of(said, tables.transactions, until=TRAINED_UNTIL), sold, kinds=kinds)
    week = list(grocer.orders(tables.transactions, since=PLANNED_AT, until=PLANNED_AT + WEEK))
    bought = products_by_user(week)
    return DemoSummary(
        lines_read=len(tables.transactions["product_id"]),
        events=0,
        products=len(products),
        products_left_out=len(grocer.times_sold(tables.transactions)) - len(products),
        households=len(plans),
        written_to=len(messages),
        left_alone=len(plans) - len(messages),
        silence=silence_tallies(plans),
        triggers=trigger_tallies(messages.values()),
        overtaken=overtaken(messages, week, kinds),
        said=hits(said, bought, kinds),
        favourites=hits(usual, bought, kinds),
        best_sellers=hits(best_sellers(said, sold, kinds), bought, kinds),
        examples=examples(messages, bought, {product.id: product.title for product in products}, kinds=kinds),
        steps=(),
    )


def products_by_user(orders: Iterable[OrderCompleted]) -> dict[str, set[str]]:
    """What each household bought."""
    bought: defaultdict[str, set[str]] = defaultdict(set)
    for order in orders:
        bought[order.user_id or ""].update(line.product_id for line in order.lines)
    return dict(bought)


def overtaken(messages: Mapping[str, Message], week: Sequence[OrderCompleted], kinds: Kinds) -> int:
    """Count messages of which some style was bought after planning but before the message would leave: rules run again at sending and drop it."""
    leaves = {user: message.send_at for user, message in messages.items()}
    earlier = products_by_user(order for order in week if order.at < leaves.get(order.user_id or "", PLANNED_AT))
    near = ((how_near(item.product_id, earlier.get(user, ()), kinds) for item in message.items) for user, message in messages.items())
    return sum(any(found in {"exact", "style"} for found in message) for message in near)


def silence_tallies(plans: Iterable[Plan]) -> tuple[Tally, ...]:
    """Count households left alone by code, the most frequent first, each with the sentence most of them got."""
    sentences: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for plan in plans:
        if plan.silence:
            sentences[plan.silence.code][plan.silence.text] += 1
    tallies = [Tally(code=code, households=found.total(), sentence=found.most_common(1)[0][0]) for code, found in sentences.items()]
    return tuple(sorted(tallies, key=lambda tally: (-tally.households, tally.code)))


def trigger_tallies(messages: Iterable[Message]) -> tuple[Tally, ...]:
    """Count messages by trigger, the most frequent first."""
    found = Counter(message.trigger for message in messages)
    return tuple(Tally(code=code, households=number) for code, number in sorted(found.items(), key=lambda item: (-item[1], item[0])))


def examples(messages: Mapping[str, Message], bought: Mapping[str, set[str]], titles: dict[str, str], *, kinds: Kinds) -> tuple[Example, ...]:
    """Draw some messages, always the same ones, with what came of each item."""
    users = random.Random(EXAMPLE_SEED).sample(sorted(messages), min(EXAMPLES, len(messages)))  # noqa: S311 - a draw of examples, not a secret
    return tuple(_example(user, messages[user], bought.get(user, set()), titles=titles, kinds=kinds) for user in users)


def _example(user: str, message: Message, bought: set[str], *, titles: dict[str, str], kinds: Kinds) -> Example:
    items = [
        ExampleItem(product_id=item.product_id, title=titles[item.product_id], reason=item.reason.text, bought=how_near(item.product_id, bought, kinds))
        for item in message.items
    ]
    return Example(user_id=user, trigger=message.trigger, subject=message.subject, items=tuple(items))
