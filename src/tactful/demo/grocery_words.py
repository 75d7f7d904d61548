"""The grocer's shouted, cut-off abbreviations in plain words.

The catalogue of Complete Journey was typed into fields of thirty capitals: ``FRZN SS PREMIUM ENTREES/DNRS/N``. Nobody would say that aloud to a
customer, so titles and paths are written out here.
"""

import re
from functools import cache

SPELLED_OUT = {
    "ACCESS": "accessories",
    "ACCESS.": "accessories",
    "ACCES": "accessories",
    "ACCS": "accessories",
    "ACCSS": "accessories",
    "ASCEPTIC": "aseptic",
    "BEERALEMALT": "beer, ale and malt",
    "BEV": "beverage",
    "BKD": "baked",
    "BKNGWARES": "bakeware",
    "BN": "beans",
    "BRKFST": "breakfast",
    "BRD": "breaded",
    "BTL": "bottle",
    "BTR": "butter",
    "CARB": "carbonated",
    "CATFD": "cat food",
    "CHIX": "chicken",
    "CKYS": "cookies",
    "CLEANG": "cleaning",
    "CNDLES": "candles",
    "CNDY": "candy",
    "CNTRL": "control",
    "COFF": "coffee",
    "CONC": "concentrate",
    "COOKNG": "cooking",
    "CRBNTD": "carbonated",
    "CRKR": "crackers",
    "CRMD": "creamed",
    "CRYSTL": "crystal",
    "DAN": "danish",
    "DISPOSIBLE": "disposable",
    "DNR": "dinner",
    "DNRS": "dinners",
    "DPS": "dips",
    "DRNK": "drink",
    "DRNKING": "drinking",
    "DRNKS": "drinks",
    "DRSNG": "dressing",
    "DSH": "dishes",
    "FD": "food",
    "DOGFD": "dog food",
    "FEM": "feminine",
    "FEM.": "feminine",
    "FLOURSCENT": "fluorescent",
    "FLVRD": "flavored",
    "FRD": "fried",
    "FRE": "fresh",
    "FRZ": "frozen",
    "FRZN": "frozen",
    "GDS": "goods",
    "GM": "general merchandise",
    "GRND": "ground",
    "HANDKE": "handkerchiefs",
    "HBC": "health and beauty",
    "HYGN.NAPKINS": "hygiene napkins",
    "IQF": "frozen pieces",
    "IWS": "individually wrapped",
    "JCE": "juice",
    "LINAMENTS": "liniments",
    "LIPCARE": "lip care",
    "LNDRY": "laundry",
    "LOAVE": "loaves",
    "MEAT-PCKGD": "packaged meat",
    "MISC": "other",
    "MISC.": "other",
    "MISCELLANEOUS": "other",
    "MLT-PK": "multi-pack",
    "MNERAL": "mineral",
    "MX": "mix",
    "MXS": "mixes",
    "NDAIRY": "non-dairy",
    "PCKGD": "packaged",
    "PK": "pack",
    "PKG": "package",
    "PREM": "premium",
    "PKG.SEAFOOD": "packaged seafood",
    "PKGD": "packaged",
    "PKLD": "pickled",
    "PNT": "peanut",
    "POINSETTA": "poinsettia",
    "PREP": "prepared",
    "PREPACK": "prepacked",
    "PRPCK": "prepacked",
    "PWDR": "powder",
    "QSR": "quick service",
    "REFIGERATED": "refrigerated",
    "REFRGRATD": "refrigerated",
    "REFRIG": "refrigerated",
    "RETL": "retail",
    "RTD": "ready to drink",
    "RTS": "ready to serve",
    "SAL": "salad",
    "SALD": "salad",
    "SEAFD": "seafood",
    "SFT": "soft",
    "SGL": "single",
    "SHERBTS": "sherbets",
    "SLD": "salad",
    "SNDWCH": "sandwich",
    "SNGL": "single",
    "SNKS": "snacks",
    "SPECILATY": "speciality",
    "SPECLTY": "speciality",
    "SPLY": "supplies",
    "SPRD": "spread",
    "SRV": "serve",
    "SS": "single serve",
    "SUP": "super",
    "SUPP": "supplements",
    "SUPPPLIES": "supplies",
    "SV": "served",
    "SW": "sweet",
    "SWT": "sweet",
    "SWEETNERS": "sweeteners",
    "TISS": "tissue",
    "TRSH": "trash",
    "UNSWE": "unsweetened",
    "VEND": "vending",
    "W/": "with",
    "W/O": "without",
    "WATE": "water",
    "WH": "whole",
    "WHL": "whole",
    "WHLSM": "wholesome",
    "WORCHESTER": "worcester",
    "WTR": "water",
}
"""Abbreviations and slips of the till's catalogue, by the word as typed."""

CUT_SHORT = {
    "SOFT DRINKS 12/18&15PK CAN CAR": "soft drinks in cans, 12 to 18 pack",
    "SOFT DRINKS 20PK&24PK CAN CARB": "soft drinks in cans, 20 to 24 pack",
    "SFT DRNK 2 LITER BTL CARB INCL": "soft drink, large bottle",
    "SFT DRNK SNGL SRV BTL CARB (EX": "soft drink, single bottle",
    "SFT DRNK MLT-PK BTL CARB (EXCP": "soft drinks, bottles in a pack",
    "DAIRY CASE 100% PURE JUICE - O": "orange juice, chilled",
    "MAINSTREAM WHEAT/MULTIGRAIN BR": "wheat and multigrain bread",
    "MAINSTREAM WHITE BREAD": "white bread",
    "RTS SOUP: CHUNKY/HOMESTYLE ET": "soup, ready to serve",
    "FACIAL TISSUE & PAPER HANDKE": "facial tissues",
    "NON-CRBNTD DRNKING/MNERAL WATE": "still water",
    "GARBAGE KITCHEN COMPACTOR BA": "garbage bags",
    "SEMI-SOLID SALAD DRESSING MAY": "mayonnaise",
    "FRZN BOXED VEGETABLES- VALUE A": "frozen boxed vegetables, value added",
    "FRZN BAGGED VEGETABLES- VALUE": "frozen bagged vegetables, value added",
    "NATURAL CHEESE EXACT WT CHUNKS": "natural cheese, chunks",
    "NATURAL CHEESE EXACT WT SLICES": "natural cheese, slices",
    "SGL SV/VEND MACH SNACKS CHIP/P": "single serve snacks",
    "DAIRY CASE JUICE DRNK UNDER 10": "juice drink, chilled",
    "DAIRY CASE TEA WITH SUGAR OR S": "tea with sugar, chilled",
    "DAIRY CASE CITRUS PNCH/OJ SUBS": "citrus punch, chilled",
    "DAIRY CASE 100% PURE JUICE OTH": "pure juice, chilled",
    "FRZN BREAKFAST ENTREES/SANDWIC": "frozen breakfast entrees/sandwiches",
    "NON-CARB FLVRD DRNKNG/MNRL WAT": "flavored still water",
    "NON-CARB WATER FLVR - DRNK/MNR": "flavored drinking water",
    "MEXICAN SOFT TORTILLAS AND WRA": "soft tortillas and wraps",
    "MALTED MLK/SYRUP/PWDRS (EGGNOG": "malted milk, syrup and powders",
    "VENDOR SIZE/SINGLE SERVE COOKI": "single serve cookies",
    "VENDING SIZE/SNGL SERVE CRACKE": "single serve crackers",
    "INSTANT COFFEE FLAVORED NO SWE": "flavored instant coffee, unsweetened",
    "INSTANT COFFEE FLAVORED W/SWEE": "flavored instant coffee, sweetened",
    "MIXERS(CLUB SODA/SELTZERS)FLAV": "flavored club soda and seltzer",
    "SEASONAL CANDY BAGS NON-CHOCOL": "seasonal candy bags, not chocolate",
    "SEASONAL CANDY BOX NON-CHOCOLA": "seasonal candy box, not chocolate",
    "REFRIGERATED COOKIES-BREAK N B": "cookie dough, break and bake",
    "BREAST - BONELESS(IQF)": "chicken breast, boneless, frozen",
    "WINGS (IQF)": "chicken wings, frozen",
    "KITCHEN & MULTI-PURPOSE CLEANE": "kitchen and multi-purpose cleaner",
}
"""Frequent descriptions whose end has to be guessed."""

DANGLING = frozenset({"INCL", "INCLUDING", "EXC", "EXCP", "EX", "ALL", "TYPES", "OV"})
"""Words that end a description only because the field was full, or that add nothing."""

# fmt: off
EMPTY_WORDS = frozenset({
    "adult", "all", "angus", "aseptic", "basic", "blends", "choice", "cooked", "dry", "economy", "enhanced",
    "external", "fresh", "full", "garden", "internal", "kits", "lean", "loin", "mainstream", "microwave", "misc",
    "multipacks", "natural", "organic", "other", "oven", "patties", "pails", "prime", "primal", "premium", "promotional",
    "quarts", "red", "regular", "rib", "select", "special", "super", "traditional", "treats", "value", "variety",
    "smoked", "enrobed", "sticks",
})
# fmt: on
"""A type made of these alone says nothing without its category: ``PREMIUM`` is an ice cream, ``LEAN`` a beef."""

WORD = re.compile(r"W/O|W/|MLT-PK|MEAT-PCKGD|PKG\.SEAFOOD|HYGN\.NAPKINS|[A-Z]+\.(?=\s|$)|[A-Z]+|[^A-Z]+")
SIZE = re.compile(r"(?:\d*\.?\d+(?:\s*(?:PK|CT)?\s*[/X-]\s*))?\d*\.?\d+ ?(?:OZ|LB|CT|PK|ML|L|LT|GAL|GA|QT|PT|DZ|IN|FT|SQ FT|GM|CM|MM|STEM|ROLL|RL)\b")
INITIAL = re.compile(r"(?<![a-z0-9])(?!(?:and|with|without|of|to|in)\b)[a-z]")
CASE = re.compile(r"(?:\d+-)?(?P<amount>\d*\.?\d+) (?P<unit>LB|CT)\b")
SPACELESS = re.compile(r"[:)](?=[a-z])")
LITRE = re.compile(r"\b(?:l|lt)\b")


@cache
def in_plain_words(shouted: str) -> str:
    """Write a description out in lower case, without what the till's field cut off.

    >>> in_plain_words("FRZN SS PREMIUM ENTREES/DNRS/N")
    'frozen single serve premium entrees/dinners'
    >>> in_plain_words("CANDY BARS (SINGLES)(INCLUDING")
    'candy bars (singles)'
    >>> in_plain_words("FLUID MILK WHITE ONLY")
    'fluid milk white only'
    """
    whole = shouted.strip()
    if whole in CUT_SHORT:
        return CUT_SHORT[whole]
    if whole.count("(") > whole.count(")"):
        whole = whole[: whole.rindex("(")]
    words = re.sub(r"[/&]\w?$", "", whole.rstrip(" -:/&")).split()
    while len(words) > 1 and words[-1] in DANGLING:
        words.pop()
    spelled = "".join(_spell(word) for word in WORD.findall(" ".join(words)))
    return " ".join(SPACELESS.sub(r"\g<0> ", spelled.replace("&", " and ").replace("(", " (")).split()).rstrip(" -:/,")


def _spell(word: str) -> str:
    known = SPELLED_OUT.get(word)
    return f"{known} " if known and word in ("W/", "W/O") else known or word.lower()


@cache
def as_heading(shouted: str) -> str:
    """Name a department, a category or a type in a path, in title case.

    >>> as_heading("ICE CREAM/MILK/SHERBTS"), as_heading("PAPER TOWELS & HOLDERS")
    ('Ice Cream/Milk/Sherbets', 'Paper Towels and Holders')
    """
    return INITIAL.sub(lambda found: found.group().upper(), in_plain_words(shouted))


@cache
def as_sentence(shouted: str) -> str:
    """Begin a description with a capital.

    >>> as_sentence("FRZN DINNER ROLLS")
    'Frozen dinner rolls'
    """
    words = in_plain_words(shouted)
    return words[:1].upper() + words[1:]


@cache
def package_size(shouted: str | None) -> str | None:
    """Read how much is in a package; None where the field holds something else.

    >>> package_size("12 PK/12 OZ"), package_size("2 L"), package_size("054700 7 OZ"), package_size("CTN")
    ('12 pk/12 oz', '2 L', '7 oz', None)
    """
    spoken = re.sub(r"HALF GAL|1/2 GAL", ".5 GAL", " ".join((shouted or "").upper().split()))
    found = SIZE.search(spoken)
    return LITRE.sub("L", re.sub(r"\b(?:ga|gal)\b", "gal", found.group().lower())) if found else None


@cache
def is_case_of_produce(department: str, size: str | None) -> bool:
    """Whether a size is that of the grower's case, not of what a customer takes home: bananas come by 40 pounds.

    >>> is_case_of_produce("PRODUCE", "40 LB"), is_case_of_produce("PRODUCE", "24 CT"), is_case_of_produce("PRODUCE", "5 LB")
    (True, True, False)
    """
    found = CASE.match(size or "")
    return department == "PRODUCE" and found is not None and float(found["amount"]) > {"LB": 10, "CT": 6}[found["unit"]]


def product_title(category: str, product_type: str, size: str | None) -> str:
    """Name a product as one would say it: its type, its category where the type alone says nothing, and its size.

    >>> product_title("FLUID MILK PRODUCTS", "FLUID MILK WHITE ONLY", "1 GA")
    'Fluid milk white only, 1 gal'
    >>> product_title("BEEF", "LEAN", None)
    'Beef, lean'
    """
    kind = as_sentence(product_type)
    if not set(re.findall(r"[a-z]+", kind.lower())) - EMPTY_WORDS:
        kind = f"{as_sentence(category)}, {kind.lower()}"
    amount = package_size(size)
    return f"{kind}, {amount}" if amount else kind
