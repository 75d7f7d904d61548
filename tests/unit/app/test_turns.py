"""Work that shares a commit, and work that is done again."""

import threading
from contextlib import contextmanager

import pytest

from tactful.app.ports import Collision
from tactful.app.turns import TRIES, Together, in_turn
from tactful.model.errors import NotReady
from tactful.store import MemoryStore


class Watched(MemoryStore):
    """Counts its transactions, and fails the first ones with what it is told to."""

    def __init__(self, *failures):
        super().__init__()
        self.failures = list(failures)
        self.commits = 0

    @contextmanager
    def transaction(self, *, durable=True, about=None):
        with super().transaction(durable=durable, about=about):
            yield
            if self.failures:
                raise self.failures.pop(0)
            self.commits += 1


def save(store, name, value=b"x"):
    store.profiles.save(name, value)
    return name


def all_at_once(store, works):
    """Start works while another commit is under way; what each came to."""
    together, holding, release = Together(store), threading.Event(), threading.Event()
    outcomes = {}

    def hold():
        holding.set()
        assert release.wait(timeout=20)

    def run(name, work):
        try:
            outcomes[name] = together.do(work, about=[name])
        except (ValueError, NotReady) as error:
            outcomes[name] = error

    first = threading.Thread(target=run, args=("first", hold))
    first.start()
    assert holding.wait(timeout=20)
    threads = [threading.Thread(target=run, args=item) for item in works.items()]
    for thread in threads:
        thread.start()
    while len(together._waiting) < len(works):
        pass
    release.set()
    for thread in (first, *threads):
        thread.join(timeout=20)
    return outcomes


def test_what_waits_together_is_committed_together():
    store = Watched()
    outcomes = all_at_once(store, {f"c{n}": lambda n=n: save(store, f"c{n}") for n in range(10)})
    assert {outcomes[f"c{n}"] for n in range(10)} == {f"c{n}" for n in range(10)}
    assert store.commits == 2
    assert all(store.profiles.load(f"c{n}") for n in range(10))


def test_one_that_fails_fails_alone():
    store = Watched()

    def wrong():
        save(store, "wrong")
        raise ValueError("mine")

    outcomes = all_at_once(store, {"good": lambda: save(store, "good"), "wrong": wrong, "fine": lambda: save(store, "fine")})
    assert (outcomes["good"], outcomes["fine"]) == ("good", "fine")
    assert str(outcomes["wrong"]) == "mine"
    assert [store.profiles.load(name) for name in ("good", "wrong", "fine")] == [b"x", None, b"x"]


def test_when_the_store_is_away_everybody_hears_it_at_once():
    store = Watched()
    store.failures = [NotReady("away")]
    outcomes = all_at_once(store, {"one": lambda: save(store, "one"), "two": lambda: save(store, "two")})
    assert isinstance(outcomes["first"], NotReady)
    assert (outcomes["one"], outcomes["two"]) == ("one", "two")


def test_work_that_gave_way_is_done_again_from_the_start():
    store, tries = Watched(Collision("busy"), Collision("busy")), []
    assert in_turn(store, lambda: tries.append(1) or save(store, "ann"), about=[]) == "ann"
    assert len(tries) == 3


def test_giving_way_ends():
    store = Watched(*[Collision("busy")] * TRIES)
    with pytest.raises(Collision):
        in_turn(store, lambda: save(store, "ann"), about=[])
    assert store.profiles.load("ann") is None


def test_a_check_tries_only_after_a_failure_and_until_it_is_over():
    store = Watched()
    together = Together(store)
    together.check()
    assert store.commits == 0
    store.failures = [NotReady("full"), NotReady("still full")]
    with pytest.raises(NotReady, match=r"^full"):
        together.do(lambda: save(store, "ann"), about=["ann"])
    with pytest.raises(NotReady, match="still full"):
        together.check()
    together.check()
    together.check()
    assert store.commits == 1
    assert store.profiles.missing() == []
