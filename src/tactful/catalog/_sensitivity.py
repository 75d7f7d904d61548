"""Which products a tactful shop keeps to itself.

Source: GDPR article 9; CJEU C-21/23 (an order of pharmacy products is health data); Google's list of sensitive advertising categories. Rules read the
category path, and the title only where there is no category: "baby spinach" is no baby product.
"""

import re

from tactful.model.products import Product

_WORDS = {
    "health": (
        "pharmacy|pharmaceutic\\w*|medicines?|medicat\\w*|medical|first aid|analgesics?|antacids?|laxatives?|cold (and|&) flu|cough\\W*cold|"
        "vitamins?|incontinence|diabet\\w*|haemorrhoid\\w*|hemorrhoid\\w*|treatments?|diet(ary)? aids?\\w*|weight (loss|control)|"
        "feminine hygiene|health care|eye (and|&) ear"
    ),
    "pregnancy_baby": "baby|babies|infants?|newborns?|nappy|nappies|diapers?|maternity|pregnan\\w*|nursing|formula",
    "intimacy": "condoms?|contracepti\\w*|family planning|sexual\\w*|erotic\\w*|lubricants?|intimate",
    "belief": "religio\\w*|bibles?|church|prayer|political|politics",
    "money": "debt|payday|loans?|pawn",
    "addiction": "tobacco\\w*|cigarettes?|cigars?|nicotine|smoking|vap(e|es|ing)|alcohol\\w*|liquor\\w*|spirits?|beers?|wines?|gambling|lotter(y|ies)",
    "grief": "funeral\\w*|urns?|memorials?|sympathy|mourning|coffins?",
}
_PATTERNS = tuple((tag, re.compile(rf"\b({words})\b", re.IGNORECASE)) for tag, words in _WORDS.items())


def sensitivity_of(product: Product) -> str:
    """Name what is sensitive about a product, ``none`` where nothing is. The merchant's own word overrules.

    >>> sensitivity_of(Product(id="p", title="Cream", product_type="Pharmacy > Treatments"))
    'health'
    >>> sensitivity_of(Product(id="p", title="Baby spinach", product_type="Food > Vegetables"))
    'none'
    """
    if product.sensitivity is not None:
        return product.sensitivity
    if product.adult:
        return "intimacy"
    text = " > ".join(part for part in (product.product_type, product.google_product_category) if part) or product.title
    return next((tag for tag, pattern in _PATTERNS if pattern.search(text)), "none")
