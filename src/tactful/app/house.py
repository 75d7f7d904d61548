"""The catalogue and the models as they are now, laid out in memory and kept fresh."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from tactful.app.policy import Policy
from tactful.app.ports import Store
from tactful.catalog import build_table, extend_table, follow, patch_table, reworded, withdrawn
from tactful.learning import CustomerBase, load_base, load_rhythms
from tactful.model.catalog import CatalogTable
from tactful.model.errors import NotFound
from tactful.model.products import Product
from tactful.model.products import Store as Shop
from tactful.model.profile import Profile
from tactful.model.rhythms import Rhythms
from tactful.recommend import Recommender
from tactful.words import Phrasebook, Words, built_in

READ_ONE_BY_ONE = 200
PATCHED_AT_ONCE = 20
"""More new products than this, or more that another process changed, and the table is laid out anew. Those that changed here are patched all together."""
CALIBRATION = "calibration"
NOBODY = Profile(customer_id="")
CUSTOMER_BASE = "customer_base"
RHYTHMS = "rhythms"
CATALOGUE = "catalogue"
"""What changes of the catalogue are about, so that they take turns."""


class House:
    """What every decision stands on besides the customer. Thread-safe."""

    def __init__(self, store: Store, *, policy: Policy | None = None, words: Phrasebook | None = None) -> None:
        self._store = store
        self.policy = policy or Policy()
        self.phrasebook = words or built_in()
        self._lock = threading.RLock()
        self._catalog: CatalogTable | None = None
        self._recommender = Recommender()
        self.base = CustomerBase()
        """How customers come back and stop; what one is still worth follows from it."""
        self.rhythms = Rhythms()
        """When customers come by; a message goes when its reader would."""
        self._models = 0
        self.load_models()

    def words_for(self, profile: Profile, *, here: str | None = None) -> Words:
        """In whose words somebody is spoken to: as they stated, as their device says, as the page ``here`` says, as the shop speaks."""
        return self.phrasebook.speak(profile.stated_locale, profile.locale, here, self.policy.rules(profile).words.locale)

    @property
    def own_words(self) -> Words:
        """The shop's own, for what only the shop reads."""
        return self.phrasebook.speak(self.policy.rules(NOBODY).words.locale)

    def load_models(self) -> None:
        """Take over the latest trained artefacts, all together."""
        version = self._store.models.version()
        recommender = Recommender()
        for record in self._store.models.load():
            if record.name == CALIBRATION:
                recommender.calibration.load(record.blob)
            elif record.name == CUSTOMER_BASE:
                self.base = load_base(record.blob)
            elif record.name == RHYTHMS:
                self.rhythms = load_rhythms(record.blob)
            elif (component := recommender.components.get(record.name)) is not None and record.facts.get("form", 1) == component.form:
                component.load(record.blob)
        self.use(recommender, version=version)

    def use(self, recommender: Recommender, *, version: int) -> None:
        """Put a recommender to use; decisions under way finish with the former. ``version``: of the models in the store that it was made of."""
        with self._lock:
            self._models = version
            if self._catalog is not None:
                recommender.bind(self._catalog)
            self._recommender = recommender

    def now(self) -> tuple[CatalogTable, Recommender]:
        """The current catalogue and the recommender bound to it, also where another process has changed them."""
        version = self._store.catalog.version()
        models = self._store.models.version()
        with self._lock:
            if self._models != models:
                self.load_models()
            if self._catalog is None or (self._catalog.version != version and not self._caught_up(self._catalog, version)):
                catalog = self._store.catalog
                self._catalog = build_table(catalog.products(), catalog.stores(), version=version)
                self._recommender = self._recommender.over(self._catalog)
            return self._catalog, self._recommender

    def _caught_up(self, former: CatalogTable, version: int) -> bool:
        """Take over what others changed of the catalogue, where that is little; whether it was."""
        news = self._store.catalog.put_since(former.version, most=PATCHED_AT_ONCE)
        stores = {store.store_code: store for store in self._store.catalog.stores()}
        return news is not None and self._take_over(replace(former, stores=stores), news, version)

    def put_products(self, products: Sequence[Product], *, now: datetime | None, all_but: frozenset[str] | None = None) -> int:
        """Insert or replace products; few new ones, or changes of price or stock, do not lay out the whole table again.

        With ``all_but`` these are all that is sold but for these ids, of which nothing is said: what else is known is no longer for sale. Tells how many
        that are.
        """
        with self._lock:
            with self._store.transaction(about=[CATALOGUE]):
                catalog = self._store.catalog
                former = self._former([product.id for product in products]) if all_but is None else {each.id: each for each in catalog.products()}
                gone = [] if all_but is None else withdrawn(former, {product.id for product in products} | all_but)
                now = now if catalog.version() else None  # What the first feed holds is no news.
                followed = [follow(former.get(product.id), product, at=now) for product in (*products, *gone)]
                changed = [product for product in followed if former.get(product.id) != product]  # A feed that comes every night changes little.
                catalog.put_products(changed)
                version = catalog.version()
            self._patch(changed, version)
        return len(gone)

    def change_products(self, changes: Sequence[tuple[str, Mapping[str, Any]]], *, now: datetime | None) -> set[str]:
        """Change the named attributes of products, in the order given and all together; ids that are not known are told and left out."""
        with self._lock:
            with self._store.transaction(about=[CATALOGUE]):
                former = self._former([product_id for product_id, _ in changes])
                changed: dict[str, Product] = {}
                for product_id, values in changes:
                    if product_id in former:
                        changed[product_id] = replace(changed.get(product_id, former[product_id]), **values)
                followed = [follow(former[product_id], product, at=now) for product_id, product in changed.items()]
                self._store.catalog.put_products(followed)
                version = self._store.catalog.version()
            self._patch(followed, version)
        return {product_id for product_id, _ in changes} - set(former)

    def delete_product(self, product_id: str) -> None:
        """Forget one product. Raises NotFound."""
        with self._lock, self._store.transaction(about=[CATALOGUE]):
            if self._store.catalog.product(product_id) is None:
                raise NotFound(f"there is no product {product_id[:255]!r}")
            self._store.catalog.delete_products([product_id])

    def put_inventory(self, stock: Iterable[tuple[str, str, bool]]) -> set[str]:
        """Say of products (store code, id, whether it can be taken away) what lies in which store; codes that are not known are told and left out."""
        with self._lock:
            with self._store.transaction(about=[CATALOGUE]):
                stores = {store.store_code: store for store in self._store.catalog.stores()}
                lying, unknown = _lying(stores, stock)
                changed = [replace(stores[code], inventory=frozenset(ids)) for code, ids in lying.items() if ids != stores[code].inventory]
                self._store.catalog.put_stores(changed)
                version = self._store.catalog.version()
            self._patch_stores(changed, version)
        return unknown

    def _former(self, product_ids: Sequence[str]) -> dict[str, Product]:
        catalog = self._store.catalog
        if len(product_ids) > READ_ONE_BY_ONE:
            return {product.id: product for product in catalog.products()}
        return {product_id: product for product_id in product_ids if (product := catalog.product(product_id)) is not None}

    def change_product(self, product_id: str, change: Callable[[Product], Product], *, now: datetime | None) -> Product:
        """Read, change and write one product in one transaction. Raises NotFound."""
        with self._lock:
            with self._store.transaction(about=[CATALOGUE]):
                known = self._store.catalog.product(product_id)
                if known is None:
                    raise NotFound(f"there is no product {product_id[:255]!r}; put it first")
                changed = follow(known, change(known), at=now)
                self._store.catalog.put_products([changed])
                version = self._store.catalog.version()
            self._patch([changed], version)
        return changed

    def _patch(self, products: Sequence[Product], version: int) -> None:
        """Patch the table, or add to it, where that is all that has changed; else it is laid out anew when it is next asked for."""
        former = self._catalog
        news = sum(product.id not in former.row_of for product in products) if former is not None else 0
        if former is not None and former.version == version - 1 and news <= PATCHED_AT_ONCE:
            self._take_over(former, products, version)

    def _take_over(self, former: CatalogTable, products: Sequence[Product], version: int) -> bool:
        """Patch the table by what changed since it was the former one, and add to it; whether that could be done."""
        grown, changed = replace(former, version=version), list[Product]()
        for product in products:
            if product.id in grown.row_of:
                changed.append(product)
            else:
                grown = extend_table(grown, product, version=version)
        table = patch_table(grown, *changed, version=version) if changed else grown
        if table is None:
            return False
        self._catalog = table
        if len(table.products) > len(former.products):
            self._recommender = self._recommender.grown(table, first=len(former.products))
        if said := reworded(former, table, [product.id for product in products]):
            self._recommender = self._recommender.reworded(table, said)
        return True

    def put_stores(self, stores: Sequence[Shop]) -> None:
        """Insert or replace stores."""
        with self._lock:
            with self._store.transaction(about=[CATALOGUE]):
                self._store.catalog.put_stores(stores)
                version = self._store.catalog.version()
            self._patch_stores(stores, version)

    def _patch_stores(self, stores: Sequence[Shop], version: int) -> None:
        """Patch the stores of the table, in the order of their codes, where these are all that has changed; no product is laid out by its stores."""
        table = self._catalog
        if table is not None and table.version == version - 1:
            known = table.stores | {store.store_code: store for store in stores}
            self._catalog = replace(table, version=version, stores={code: known[code] for code in sorted(known)})


def _lying(stores: Mapping[str, Shop], stock: Iterable[tuple[str, str, bool]]) -> tuple[dict[str, set[str]], set[str]]:
    """What lies in each store after the stock was told, and the codes that are not known."""
    lying: dict[str, set[str]] = {code: set(store.inventory) for code, store in stores.items()}
    unknown = set()
    for code, product_id, in_stock in stock:
        if code not in lying:
            unknown.add(code)
        elif in_stock:
            lying[code].add(product_id)
        else:
            lying[code].discard(product_id)
    return lying, unknown
