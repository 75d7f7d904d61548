"""What the private categories of law and of good manners are called in shops, and what only sounds like them.

The topics are those of GDPR article 9, of the court's judgement on pharmacy orders, and of Google's list of sensitive advertising categories.
"""

import pytest

from tactful.catalog import sensitivity_of
from tactful.model.products import Product

PRIVATE = {
    "health": """
        Health & Beauty > Health Care > Medicine & Drugs
        Health & Beauty > Health Care > Biometric Monitors > Blood Glucose Meters
        Health & Beauty > Health Care > Incontinence Aids
        Health & Beauty > Health Care > Mobility & Accessibility > Walking Aids
        Health & Beauty > Health Care > Supports & Braces
        Health & Beauty > Health Care > First Aid > Medical Tape & Bandages
        Health & Beauty > Health Care > Fitness & Nutrition > Vitamins & Supplements
        Health & Beauty > Personal Care > Feminine Sanitary Supplies > Tampons
        Health & Beauty > Personal Care > Sleeping Aids > Snoring & Sleep Apnea Aids
        Health & Beauty > Personal Care > Enema Kits & Supplies
        Business & Industrial > Medical > Medical Supplies > Ostomy Supplies
        Books > Mental health
        Books > Living with cancer
        Pharmacy > Antihistamines
        Shop > Head lice
        Drogerie > Erkältung
        Sanitätshaus > Rollatoren
        Apotheke > Homöopathie
        Pharmacie > Médicaments
        Santé > Douleurs
        Hygiène féminine
        """,
    "pregnancy_baby": """
        Baby & Toddler > Nursing & Feeding > Baby Bottles
        Baby & Toddler > Potty Training
        Baby & Toddler > Baby Transport > Baby Strollers
        Health & Beauty > Health Care > Medical Tests > Pregnancy Tests
        Health & Beauty > Health Care > Medical Tests > Fertility Monitors and Ovulation Tests
        Apparel & Accessories > Clothing > Maternity Clothing
        Apparel & Accessories > Clothing > Baby & Toddler Clothing
        Kinder > Kinderwagen
        Damen > Umstandsmode
        Enfant > Puériculture
        Maman > Allaitement
        """,
    "intimacy": """
        Mature > Erotic > Sex Toys
        Health & Beauty > Personal Care > Condoms
        Health & Beauty > Personal Care > Personal Lubricants
        Drugstore > Birth control
        Lingerie > Fetish
        Drogerie > Verhütung
        Parfümerie > Erotik
        Rayon > Préservatifs
        """,
    "belief": """
        Religious & Ceremonial > Religious Items > Prayer Beads
        Religious & Ceremonial > Religious Items > Religious Veils
        Books > Christian living
        Books > Judaica
        Gifts > First Communion
        Food > Halal
        Food > Kosher
        Books > Politics
        Gifts > Political campaign
        Books > Trade unions
        Books > LGBTQ+ studies
        Books > Gay & Lesbian
        Clothes > Transgender
        Bücher > Politik
        Geschenke > Taufe
        Bücher > Gewerkschaften
        Livres > Politique
        Cadeaux > Baptême
        Livres > Syndicats
        """,
    "ethnicity": """
        Hair > Ethnic hair care
        Books > African American studies
        Beauty > Afro hair
        Books > Indigenous peoples
        Services > Immigration advice
        Services > Refugees
        Drogerie > Ethnische Kosmetik
        Beauté > Cheveux crépus
        """,
    "grief": """
        Religious & Ceremonial > Memorial Ceremony Supplies > Memorial Urns
        Flowers > Sympathy
        Flowers > Funeral wreaths
        Pets > Pet loss
        Books > Bereavement
        Floristik > Trauerkränze
        Garten > Grablaternen
        Fleurs > Deuil
        Pompes funèbres
        """,
    "addiction": """
        Food, Beverages & Tobacco > Beverages > Alcoholic Beverages > Liquor & Spirits
        Food, Beverages & Tobacco > Tobacco Products > Vaporizers & Electronic Cigarettes
        Drinks > Gin
        Drinks > Cider
        Kiosk > Lottery tickets
        Services > Betting
        Wellness > CBD
        Books > Gambling recovery
        Pharmacie > Sevrage tabagique
        Kiosk > Tabakwaren
        Getränke > Spirituosen
        Cave > Champagne
        Services > Paris sportifs
        """,
    "money": """
        Services > Payday loans
        Services > Debt advice
        Services > Credit repair
        Services > Pawn shop
        Services > Bail bonds
        Books > Divorce
        Bücher > Scheidung
        Dienste > Kredite
        Services > Surendettement
        """,
    "minors": """
        Clothes > School uniforms
        Books > Adoption
        Services > Foster care
        Kleidung > Schuluniformen
        Vêtements > Uniformes scolaires
        """,
    "weapons": """
        Mature > Weapons > Swords
        Sporting Goods > Outdoor Recreation > Hunting & Shooting > Ammunition
        Outdoor > Rifles
        Outdoor > Hunting knives
        Security > Pepper spray
        Jagd > Gewehre
        Freizeit > Schreckschusswaffen
        Chasse > Fusils
        """,
    "body": """
        Clothes > Plus size
        Clothes > Big & Tall
        Underwear > Shapewear
        Health & Beauty > Personal Care > Hair Care > Hair Loss Concealers
        Apparel & Accessories > Clothing Accessories > Hair Accessories > Wigs
        Mode > Große Größen
        Drogerie > Haarausfall
        Mode > Grandes tailles
        """,
}
HARMLESS = """
    Apparel & Accessories > Clothing > Dresses
    Apparel & Accessories > Jewelry > Rings
    Animals & Pet Supplies > Pet Supplies > Dog Supplies > Dog Food
    Animals & Pet Supplies > Pet Supplies > Pet Medicine
    Arts & Entertainment > Hobbies & Creative Arts > Musical Instruments
    Cameras & Optics > Cameras > Digital Cameras
    Electronics > Audio > Headphones
    Electronics > Computers > Laptops
    Food, Beverages & Tobacco > Beverages > Coffee
    Food, Beverages & Tobacco > Food Items > Soups & Broths
    Food > Vegetables > Baby spinach
    Food > Vinegar > Wine vinegar
    Drinks > Non-alcoholic
    Drinks > Ginger beer
    Furniture > Sofas
    Furniture > Cabinets > Medicine cabinets
    Hardware > Tools > Heat guns
    Hardware > Tools > Glue guns
    Health & Beauty > Personal Care > Cosmetics > Makeup
    Health & Beauty > Personal Care > Oral Care > Toothbrushes
    Health & Beauty > Personal Care > Hair Care > Shampoo & Conditioner
    Health & Beauty > Jewelry Cleaning & Care
    Home & Garden > Decor > Window Treatments > Curtains & Drapes
    Home & Garden > Kitchen & Dining > Tableware > Drinkware
    Home & Garden > Kitchen & Dining > Wine glasses
    Home & Garden > Plants > Seeds
    Home & Garden > Linens & Bedding > Pillows
    Luggage & Bags > Backpacks
    Media > Books > Cooking
    Media > Books > Travel
    Office Supplies > Paper
    Software > Video Game Software
    Sporting Goods > Exercise & Fitness > Medicine Balls
    Sporting Goods > Exercise & Fitness > Yoga & Pilates
    Sporting Goods > Athletics > Figure Skating & Hockey
    Toys & Games > Toys > Dolls
    Toys & Games > Toys > Water pistols
    Toys & Games > Games > Board Games
    Vehicles & Parts > Vehicle Parts & Accessories > Motor Vehicle Tires
    Fan shop > Formula 1
    Mode > Kleider
    Küche > Töpfe
    Lebensmittel > Getränke > Alkoholfrei
    Haushalt > Putzmittel
    Vêtements > Robes
    Maison > Cuisine
    Alimentation > Café
    Jardin > Outillage
    Cafe > Coffee
    Home > Memory foam
    """

ALSO = {
    "Health & Beauty > Health Care > Medical Tests > Pregnancy Tests",
    "Health & Beauty > Health Care > Medical Tests > Fertility Monitors and Ovulation Tests",
    "Religious & Ceremonial > Memorial Ceremony Supplies > Memorial Urns",
    "Pharmacie > Sevrage tabagique",
    "Mature > Weapons > Swords",
}
"""Private twice over; either tag keeps them so."""


def paths(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize(("tag", "path"), [(tag, path) for tag, listed in PRIVATE.items() for path in paths(listed)])
def test_what_is_private_by_law_or_by_good_manners_is_known_by_its_category(tag, path):
    found = sensitivity_of(Product(id="p", title="A thing", product_type=path))
    assert found == tag or (found != "none" and path in ALSO)


@pytest.mark.parametrize("path", paths(HARMLESS))
def test_what_only_sounds_private_may_be_shown(path):
    assert sensitivity_of(Product(id="p", title="A thing", product_type=path)) == "none"


@pytest.mark.parametrize(
    ("title", "tag"),
    [
        ("Card with sympathy", "grief"),
        ("Early pregnancy test, 2 pieces", "pregnancy_baby"),
        ("Surviving divorce: a companion", "money"),
        ("Single malt whisky 12 years", "addiction"),
        ("Baby blue mug", "none"),
        ("Alder tote, Tan", "none"),
        ("Wine red scarf", "none"),
    ],
)
def test_a_title_gives_away_what_its_category_does_not(title, tag):
    assert sensitivity_of(Product(id="p", title=title, product_type="Gifts > More")) == tag


@pytest.mark.parametrize(
    ("fields", "tag"),
    [
        ({"google_product_category": "2271"}, "unknown"),
        ({"google_product_category": "2271", "product_type": "Clothes > Dresses"}, "none"),
        ({"google_product_category": "491", "sensitivity": "none"}, "none"),
        ({"product_type": "Sex & Health > Toys", "sensitivity": "health"}, "health"),
    ],
)
def test_what_nobody_can_tell_is_kept_private_until_the_merchant_says(fields, tag):
    assert sensitivity_of(Product(id="p", title="A thing", **fields)) == tag
