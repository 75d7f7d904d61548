"""A target of answers written down beforehand, for tests of the player itself."""

from tactful.rehearse.targets import NotThere


class WrittenStage:
    """Answers every ask with the next of the given ones, and remembers what was done to it."""

    def __init__(self, answers, known_events=()):
        self.answers = iter(answers)
        self.known_events = set(known_events)
        self.log = []

    def send(self, message, *, now):
        self.log.append((now, "send", message))
        self.known_events.add(message["messageId"])

    def change_product(self, product, *, now):
        self.log.append((now, "product", product))

    def decide(self, request, *, now):
        self.log.append((now, "decide", request))
        return next(self.answers)

    def plan(self, user, *, dry_run, now):
        self.log.append((now, "plan", user, dry_run))
        return next(self.answers)

    def run(self, *, now):
        self.log.append((now, "run"))
        return next(self.answers)

    def customer(self, user, *, now):
        self.log.append((now, "customer", user))
        return next(self.answers)

    def moderate(self, request, *, now):
        raise NotThere("moderation is not there yet")

    def knows_event(self, message_id):
        return message_id in self.known_events

    def close(self):
        self.log.append("closed")


class WrittenTarget:
    """Gives out one stage."""

    def __init__(self, *answers, known_events=()):
        self.only = WrittenStage(answers, known_events)

    def stage(self, shop, *, now):
        return self.only

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None
