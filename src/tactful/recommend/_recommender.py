"""All components together: many sources, one score."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from inspect import isabstract

import msgspec
import numpy as np
from numpy.typing import NDArray

import tactful.recommend as package
from tactful.model.candidates import Because, Candidates, Shelf
from tactful.model.catalog import CatalogTable
from tactful.model.customer import Customer
from tactful.model.moment import Moment
from tactful.model.products import Product
from tactful.model.tables import LookTable, PurchaseTable, first_of_each
from tactful.model.wants import WantModel
from tactful.recommend._calibration import Calibration, fit_curve
from tactful.recommend._component import Component, Facts, Source
from tactful.recommend._hazard import Styles
from tactful.recommend._proposed import Proposed, SourceScores
from tactful.recommend._sizes import fitting_variants, sizes_of
from tactful.recommend.due_again import DueAgain
from tactful.recommend.life import Life
from tactful.recommend.ranker import Ranker
from tactful.recommend.searched import Searched
from tactful.recommend.wants import Wants

NO_ROWS, NO_SCORES = np.empty(0, np.int32), np.empty(0)
OFF_PAGE = 0.1
"""What a best seller of another department is worth on a page about something, against one of the same."""


def discover() -> list[type[Component]]:
    """Every component of this room, by name: a module that does not begin with an underscore and defines one."""
    found: dict[str, type[Component]] = {}
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.startswith("_"):
            for value in vars(importlib.import_module(f"{package.__name__}.{module.name}")).values():
                if isinstance(value, type) and issubclass(value, Component) and not isabstract(value):
                    found[value.name] = value
    return [found[name] for name in sorted(found)]


class Recommender:
    """Every component, laid over one catalogue."""

    def __init__(self) -> None:
        self.components: dict[str, Component] = {component.name: component() for component in discover()}
        self.calibration = Calibration()
        self.unprompted = tuple(name for name, component in self.components.items() if isinstance(component, Source) and component.unprompted)

    def bind(self, catalog: CatalogTable) -> None:
        """Lay all components over a catalogue."""
        for component in self.components.values():
            component.bind(catalog)

    def over(self, catalog: CatalogTable) -> "Recommender":
        """The same components laid over another catalogue. This one stays as it is, for decisions under way."""
        other = copy(self)
        other.components = {name: copy(component) for name, component in self.components.items()}
        other.bind(catalog)
        return other

    def grown(self, catalog: CatalogTable, *, first: int) -> "Recommender":
        """The same components laid over a catalogue that is as before up to row ``first``. This one stays as it is."""
        other = copy(self)
        other.components = {name: copy(component) for name, component in self.components.items()}
        for component in other.components.values():
            component.extend(catalog, first=first)
        return other

    def reworded(self, catalog: CatalogTable, former: Mapping[int, Product]) -> "Recommender":
        """The same components laid over a catalogue in which some rows say something else than in ``former``. This one stays as it is."""
        other = copy(self)
        other.components = {name: copy(component) for name, component in self.components.items()}
        for component in other.components.values():
            if component.reads_words:
                component.reword(catalog, former)
        return other

    def life_days(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """How long one thing closes the want for another, in days per type code, float64 [types]; inf for durables."""
        return self._life.days

    def filler_days(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """The same for what nothing of theirs speaks for: what is popular, or new of a brand."""
        return self._life.filler_days

    def outlived_days(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """How long a durable usually serves, in days per type code, float64 [types]; inf where too few were ever replaced to tell."""
        return self._life.outlived_days

    def repeat_share(self) -> NDArray[np.float64]:
        """Share of a style's buyers who buy the very style again, by style code, float64 [styles]."""
        return self._usual.repeat_share

    def kind_repeat_share(self) -> NDArray[np.float64]:
        """Share of the buyers of any style of a kind who buy that very style again, by style code, float64 [styles]."""
        return self._usual.kind_repeat_share

    @property
    def _life(self) -> Life:
        life = self.components[Life.name]
        assert isinstance(life, Life)
        return life

    @property
    def _usual(self) -> Styles:
        due = self.components[DueAgain.name]
        assert isinstance(due, DueAgain)
        return due.styles

    @property
    def wants(self) -> WantModel:
        """What tells a want from a look, over the catalogue in use."""
        wants = self.components[Wants.name]
        assert isinstance(wants, Wants)
        return wants.model

    def learn_wants(self, purchases: PurchaseTable, looks: LookTable) -> None:
        """Learn only what tells a want from a look, and lay it over the catalogue of the purchases."""
        wants = self.components[Wants.name]
        wants.train(purchases)
        wants.watch(looks, purchases)
        wants.bind(purchases.catalog)

    def proposals(self, moment: Moment, customer: Customer) -> Iterator[SourceScores]:
        """Ask every source, for variants that fit the customer; where they search for something that there is, only for what is called so."""
        sizes, searched = sizes_of(customer, now=moment.now), self._searched(moment, customer.catalog)
        interrupts = moment.interrupts
        for component in self.components.values():
            if (component.writes if interrupts else component.shows) and isinstance(component, Source):
                found = component(moment, customer)
                if len(searched):
                    found = found.only(np.isin(customer.catalog.group_of[found.rows], searched))
                if len(found):
                    rows = found.rows if component.exact else fitting_variants(found.rows, sizes, customer.catalog)
                    yield SourceScores(voice=component.voice, candidates=Candidates(rows=rows, score=found.score, because=found.because))

    def shelf(self, moment: Moment, customer: Customer) -> Shelf:
        """Propose, calibrate, fit variants to the customer, and keep the strongest reason per product, best first."""
        catalog = customer.catalog
        rows, score, outranks, because, said = [NO_ROWS], [NO_SCORES], [NO_ROWS], list[Because](), list[SourceScores]()
        for scores in self.proposals(moment, customer):
            source, proposed = self.source(scores.source), scores.candidates
            probability = self.calibrated(scores)
            if source.generic and moment.featured:
                probability = probability * _fits_page(proposed.rows, moment, catalog)
            rows.append(proposed.rows)
            score.append(probability)
            outranks.append(np.full(len(proposed), source.outranks, np.int32))
            because += proposed.because
            said.append(scores)
        shelf = _strongest(np.concatenate(rows), np.concatenate(score), np.concatenate(outranks), because, catalog=catalog)
        shelf.searched = any(scores.source == Searched.name for scores in said)
        return self._in_order(shelf, said, np.concatenate(score), moment=moment, customer=customer)

    def _searched(self, moment: Moment, catalog: CatalogTable) -> NDArray[np.int32]:
        """The styles that are called what they search for."""
        searched = self.components[Searched.name]
        assert isinstance(searched, Searched)
        return catalog.group_of[searched.found(moment.query)[0]] if moment.query else NO_ROWS

    def _in_order(self, shelf: Shelf, said: Sequence[SourceScores], probability: NDArray[np.float64], *, moment: Moment, customer: Customer) -> Shelf:
        """Asks the ranker, where one was learned. It has heard of nobody who has bought nothing, of no page or search about something, and of no message."""
        ranker = self.components[Ranker.name]
        assert isinstance(ranker, Ranker)
        if ranker.state.ranking is None or not len(shelf) or moment.interrupts or moment.featured or shelf.searched or not len(customer.history.own().rows):
            return shelf
        return msgspec.structs.replace(shelf, ranked=ranker(shelf, said, probability, customer=customer, now=moment.now))

    def calibrated(self, scores: SourceScores) -> NDArray[np.float64]:
        """Probability of being wanted within seven days per candidate of one source, float64 [n]."""
        return self._probability(scores.source, scores.candidates.score)

    def proposed(self, moment: Moment, customer: Customer, *, bought: NDArray[np.int32]) -> Proposed:
        """What every source proposes to a customer in a past moment, who bought some styles in the week after."""
        voices = [source.voice for source in self.components.values() if isinstance(source, Source) and source.shows]
        return Proposed.to_one(list(self.proposals(moment, customer)), voices, customer, bought=bought, now=moment.now)

    def on_scale(self, proposed: Proposed) -> Proposed:
        """What was proposed, with probabilities for scores."""
        return proposed.on_scale(self._probability)

    def learn_curves(self, proposed: Proposed) -> Facts:
        """Fit the curve of each source whose scores are no probabilities to what was bought; figures for people to read."""
        facts: Facts = {"customers": len(np.unique(proposed.customer))}
        for column, name in enumerate(voice.name for voice in proposed.voices):
            spoke = ~np.isnan(proposed.told[:, column])
            if not self.source(name).calibrates_itself:
                score, wanted = proposed.told[spoke, column], proposed.wanted[spoke]
                facts |= {f"{name}_examples": len(score), f"{name}_wanted": round(float(wanted.mean()), 5)}
                curve = fit_curve(score, wanted)
                if curve is not None:
                    self.calibration.curves[name] = curve
        return facts

    def _probability(self, name: str, score: NDArray[np.float64]) -> NDArray[np.float64]:
        curve = self.calibration.curves.get(name)
        if curve is not None:
            return curve(score)
        prior = self.source(name).prior
        return np.array([prior(one) for one in score.tolist()], np.float64)

    def source(self, name: str) -> Source:
        """The source of a name."""
        source = self.components[name]
        assert isinstance(source, Source)
        return source


def _fits_page(rows: NDArray[np.int32], moment: Moment, catalog: CatalogTable) -> NDArray[np.float64]:
    """Weights of candidates on a page about something, float64 [n]: who looks at a phone is not here for cheese."""
    about = {catalog.types[catalog.type_of[row]].split(" > ", 1)[0] for row in moment.featured}
    fitting = [catalog.types[code].split(" > ", 1)[0] in about for code in catalog.type_of[rows].tolist()]
    return np.where(fitting, 1.0, OFF_PAGE)


def _strongest(rows: NDArray[np.int32], score: NDArray[np.float64], outranks: NDArray[np.int32], because: Sequence[Because], *, catalog: CatalogTable) -> Shelf:
    """The strongest proposal of each product, of equals the first; the likeliest first."""
    order = np.lexsort((-score, -outranks, rows))
    kept = order[first_of_each(rows[order])]
    kept = kept[np.argsort(-score[kept], kind="stable")]
    rows, reasons = rows[kept], tuple(because[i] for i in kept.tolist())
    return Shelf(
        rows=rows,
        groups=catalog.group_of[rows],
        types=catalog.type_of[rows],
        score=score[kept],
        because=reasons,
        source=np.array([reason.code for reason in reasons], np.str_),
        alive=np.ones(len(rows), np.bool_),
    )
