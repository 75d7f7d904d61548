"""Which products a tactful shop keeps to itself.

Source: GDPR article 9; CJEU C-21/23 (an order of pharmacy products is health data); Google's list of sensitive advertising categories. Rules read the
category paths (the shop's and Google's), and the title only where there is no category: "baby spinach" is no baby product. Words are English, German and
French, as shops name their categories. A word that means something harmless elsewhere is left to the merchant, whose own word on a product overrules all.
"""

import re

from tactful.model.products import Product

_WORDS = {
    "pregnancy_baby": (
        r"baby\w*|babies|infants?|newborns?|toddlers?|napp(y|ies)|diaper\w*|"
        r"maternity|pregnan\w*|nursing|breast.?feeding|breast pumps?|infant formula|formula|prenatal|"
        r"fertility|ovulation|pacifiers?|"
        r"säuglinge?|kleinkind(er)?|windeln?|schwanger\w*|umstands\w*|stillen|still-?bh|milchpumpen?|schnuller|"
        r"bébés?|nourrissons?|grossesse|maternité|enceintes?|couches( bébé)?|allaitement|tétines?|puériculture"
    ),
    "intimacy": (
        r"condoms?|contracepti\w*|family planning|sexual\w*|sex|sex toys?|erotic\w*|"
        r"lubricants?|intimate|adult products?|lingerie sexy|fetish\w*|vibrators?|"
        r"kondome?|verhütung\w*|erotik\w*|sexspielzeug|intim\w*|gleitgel\w*|"
        r"préservatifs?|érotique\w*|sextoys?|intime"
    ),
    "health": (
        r"pharmac\w*|medicines?|medicat\w*|medical|first aid|analgesics?|pain (relief|killers?)|antacids?|laxatives?|cold (and|&) flu|cough\W*cold|"
        r"vitamins?|supplements?|incontinence|diabet\w*|ha?emorrhoid\w*|treatments?|diet(ary)? aids?\w*|weight (loss|control)|slimming|"
        r"feminine hygiene|menstrua\w*|menopaus\w*|health|health care|eye (and|"
        r"&) ear|hearing aids?|mobility (aids?|scooters?)|wheelchairs?|prosthe\w*|"
        r"antidepress\w*|mental health|depression|anxiety|hiv|std tests?|(drug|blood|"
        r"paternity|dna|allergy|covid\w*) tests?|head lice|acne|psoriasis|eczema|"
        r"apotheken?|arznei\w*|medikament\w*|medizin\w*|gesundheit\w*|schmerzmittel|"
        r"erkältung\w*|inkontinenz\w*|nahrungsergänzung\w*|vitamine|abnehmen|"
        r"hämorrhoid\w*|damenhygiene|monatshygiene|hörgeräte?|rollstühle?|sanitätshaus|"
        r"santé|médicaments?|médica\w*|parapharmacie|compléments alimentaires|"
        r"minceur|hémorroïd\w*|diabète|hygiène féminine|fauteuils roulants?|premiers secours"
    ),
    "belief": (
        r"religio\w*|bibles?|churche?s?|prayers?|qurans?|korans?|torahs?|judaica|islamic|"
        r"christian\w*|jewish|muslim|hindu\w*|buddhis\w*|rosar(y|ies)|first communion|"
        r"baptism|bar mitzvah|political|politics|trade unions?|lgbt\w*|transgender|"
        r"bibeln?|kirchen?|gebete?|kommunion|konfirmation|taufe|politik|politisch\w*|gewerkschaft\w*|"
        r"prière|église|coran|communion|baptême|politique|syndicats?"
    ),
    "money": (
        r"debts?|payday|loans?|pawn\w*|bankruptcy|insolvency|credit repair|"
        r"schulden\w*|kredite?|pfandleih\w*|insolvenz\w*|"
        r"dettes?|surendettement|crédits?|prêts? sur gages?"
    ),
    "addiction": (
        r"tobacco\w*|cigarettes?|cigars?|nicotine|smoking( cessation| accessories)?|e-?cigarettes?|vap(e|es|"
        r"ing)|alcohol\w*|liquors?|spirits?|beers?|wines?|whisk(e)?ys?|vodka|"
        r"gambling|casino|lotter(y|ies)|lotto|cannabis|cbd|hemp products?|rehab\w*|"
        r"tabak\w*|zigaretten?|zigarren?|nikotin\w*|rauchen|raucherentwöhnung|alkohol\w*|spirituosen|biere?|weine?|schnaps|glücksspiele?|"
        r"tabac\w*|cigares?|alcools?|spiritueux|bières?|vins?|jeux d.argent|loterie"
    ),
    "grief": (
        r"funeral\w*|(cremation|burial) urns?|urns?|memorials?|sympathy|mourning|coffins?|"
        r"caskets?|bereavement|condolences?|gravestones?|grave (lights|markers|decoration)|"
        r"trauer\w*|bestattung\w*|särge?|urnen?|grab(schmuck|steine?|lichter)?|beileid\w*|"
        r"deuil|funérailles|funéraire\w*|cercueils?|urnes?|condoléances|obsèques"
    ),
    "minors": r"school uniforms?|children's medicines?|juvenile|adoption|schuluniform\w*|uniformes? scolaires?",
}
_PATTERNS = tuple((tag, re.compile(rf"\b({words})\b", re.IGNORECASE)) for tag, words in _WORDS.items())
_HARMLESS = re.compile(
    r"\b(health (&|and) beauty|beauty (&|and) health|gesundheit (&|und) schönheit|santé (&|"
    r"et) beauté|beverages (&|and) tobacco|getränke (&|und) tabak|boissons (&|et) tabac|"
    r"medicine balls?|medicine cabinets?|wine (glasses|racks?|coolers?|openers?)|beer (glasses|mugs?)|"
    r"(alcohol|nicotine|sugar)[- ]free\w*|non[- ]?alcoholic\w*|alkoholfrei\w*|sans alcool|wine vinegar|"
    r"baby ?(spinach|carrots?|corn|potatoes|leaf|leaves)|"
    r"ginger beer|root beer|tobacco colou?r|treatments? > hair|hair treatments?)\b",
    re.IGNORECASE,
)
"""Names in which a private word is not: Google's departments "Health & Beauty" and "Food, Beverages & Tobacco" hold lipstick and pasta too."""


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
    plain = _HARMLESS.sub(" ", text)
    found = next((tag for tag, pattern in _PATTERNS if pattern.search(plain)), "none")
    if found == "none" and product.age_group in ("newborn", "infant"):
        return "pregnancy_baby"
    return found
