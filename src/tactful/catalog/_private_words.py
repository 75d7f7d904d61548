"""Words in the names of shops' categories that say something private about whoever buys there, by what they tell. English, German and French.

Source: GDPR article 9; CJEU C-21/23 (an order of pharmacy products is health data); Google's list of sensitive advertising categories. A word that means
something harmless elsewhere is left out, or let off in `HARMLESS`.
"""

WORDS = {
    "pregnancy_baby": (
        r"baby\w*|babies|infants?|newborns?|toddlers?|napp(y|ies)|diaper\w*|maternity|pregnan\w*|nursing|breast.?feeding|breast pumps?|infant formula|formula|"
        r"prenatal|fertility|ovulation|ivf|miscarriages?|pacifiers?|potty|strollers?|prams?|pushchairs?|cribs?|"
        r"säuglinge?|kleinkind(er)?|windeln?|schwanger\w*|umstands\w*|stillen|still-?(bh|kissen)|milchpumpen?|schnuller|kinderwagen|lätzchen|fruchtbarkeit\w*|"
        r"bébés?|nourrissons?|grossesse|maternité|enceintes?|couches( bébé)?|allaitement|tétines?|puériculture|poussettes?|biberons?|layettes?|fertilité"
    ),
    "intimacy": (
        r"condoms?|contracepti\w*|birth control|morning.after|family planning|sexual\w*|sex|sex toys?|erotic\w*|lubricants?|intimate|adult products?|mature|"
        r"lingerie sexy|fetish\w*|vibrators?|bondage|bdsm|libido|aphrodisiacs?|erectile|"
        r"kondome?|verhütung\w*|erotik\w*|sexspielzeug|intim\w*|gleitgel\w*|potenzmittel|"
        r"préservatifs?|contracepti(f|on)s?|érotique\w*|sextoys?|intime|aphrodisiaques?"
    ),
    "health": (
        r"pharmac\w*|medicines?|medicat\w*|medical|first aid|analgesics?|pain (relief|killers?)|painkillers?|antacids?|laxatives?|antihistamines?|"
        r"cold (and|&) flu|cough\W*cold|vitamins?|supplements?|probiotics?|detox\w*|incontinence|diabet\w*|insulin|ha?emorrhoid\w*|treatments?|"
        r"diet(ary)? aids?\w*|weight (loss|control)|slimming|feminine (hygiene|sanitary)|sanitary (towels|pads|napkins)|tampons?|menstrua\w*|menopaus\w*|"
        r"health|health care|eye (and|&) ear|hearing aids?|mobility (aids?|scooters?)|wheelchairs?|walking (aids?|frames)|crutches|prosthe\w*|orthop\w*|"
        r"disabilit(y|ies)|antidepress\w*|mental health|depression|anxiety|autism|adhd|hiv|cancer|std tests?|(drug|blood|paternity|dna|allergy|covid) tests?|"
        r"blood (pressure|glucose|sugar)\w*|glucose meters?|inhalers?|nebuli[sz]ers?|catheters?|ostomy|dentures?|compression (stockings|hosiery)|"
        r"supports (and|&) braces|braces (and|&) supports|bandages?|sleep(ing)? (aids?|pills?)|snoring|sleep apn\w*|homeopath\w*|herbal remedies|enemas?|"
        r"warts?|head lice|acne|psoriasis|eczema|"
        r"apotheken?|arznei\w*|medikament\w*|medizin\w*|gesundheit\w*|schmerzmittel|erkältung\w*|inkontinenz\w*|nahrungsergänzung\w*|vitamine|abnehmen|"
        r"hämorrhoid\w*|damenhygiene|monatshygiene|hörgeräte?|rollstühle?|rollatoren|gehhilfen?|krücken|sanitätshaus|blutdruck\w*|blutzucker\w*|orthopäd\w*|"
        r"homöopath\w*|schlafmittel|verbandsmaterial|allergien?|"
        r"santé|médicaments?|médica\w*|parapharmacie|compléments alimentaires|minceur|hémorroïd\w*|diabète|hygiène féminine|serviettes hygiéniques|"
        r"fauteuils roulants?|béquilles?|premiers secours|pansements?|tensiomètres?|orthopéd\w*|homéopath\w*|douleurs?"
    ),
    "belief": (
        r"religio\w*|ceremonial|bibles?|churche?s?|mosques?|synagogues?|prayers?|qurans?|korans?|torahs?|judaica|islamic|christian\w*|jewish|muslims?|hindu\w*|"
        r"buddhis\w*|wicca\w*|rosar(y|ies)|crucifix\w*|menorahs?|hijabs?|hajj|ramadan|kosher|halal|first communion|baptism|bar mitzvah|"
        r"political|politics|elections?|campaign (signs|buttons)|activism|trade unions?|union membership|lgbt\w*|gay|lesbian|queer|transgender|transsexual|"
        r"bibeln?|kirchen?|kirchlich\w*|moscheen?|gebete?|gebets\w*|kommunion|konfirmation|taufe|politik|politisch\w*|wahlkampf|gewerkschaft\w*|"
        r"prière|église|mosquées?|coran|catholi\w*|musulman\w*|judaï\w*|casher|communion|baptême|politique|élections?|syndicats?"
    ),
    "money": (
        r"debts?|payday|loans?|cash advances?|pawn\w*|bankruptcy|insolvency|credit repair|bail bonds?|foreclosures?|divorces?|legal aid|"
        r"schulden\w*|kredite?|pfandleih\w*|pfändung\w*|insolvenz\w*|scheidung\w*|"
        r"dettes?|surendettement|crédits?|prêts? sur gages?|huissiers?"
    ),
    "addiction": (
        r"tobacco\w*|cigarettes?|cigars?|nicotine|smoking( cessation| accessories)?|hookahs?|shishas?|rolling papers?|e-?cigarettes?|vap(e|es|ing|ori[sz]ers?)|"
        r"alcohol\w*|liquors?|liqueurs?|spirits?|beers?|ciders?|wines?|champagnes?|prosecco|whisk(e)?ys?|vodka|gin|rum|tequila|brandy|cognac|bitters|"
        r"gambling|casino|betting|lotter(y|ies)|lotto|cannabis|cbd|hemp products?|marijuana|kratom|rehab\w*|sobriety|"
        r"tabak\w*|zigaretten?|zigarren?|nikotin\w*|rauchen|raucherentwöhnung|alkohol\w*|spirituosen|biere?|weine?|sekt|likör\w*|schnaps|wetten|glücksspiele?|"
        r"tabac\w*|cigares?|alcools?|spiritueux|bières?|cidres?|vins?|rhums?|jeux d.argent|paris sportifs|loterie|sevrage"
    ),
    "grief": (
        r"funeral\w*|(cremation|burial) urns?|urns?|cremation|burial|memorials?|in memoriam|remembrance|sympathy|mourning|coffins?|caskets?|bereavement|"
        r"condolences?|headstones?|gravestones?|grave (lights|markers|decoration)|pet loss|"
        r"trauer\w*|bestattung\w*|gedenk\w*|särge?|urnen?|grab(schmuck|steine?|lichter|laternen?)?|beileid\w*|"
        r"deuil|funérailles|funéraire\w*|pompes funèbres|cercueils?|urnes?|condoléances|obsèques"
    ),
    "minors": r"school uniforms?|children's medicines?|juvenile|adoption|foster care|child protection|schuluniform\w*|kinderschutz|uniformes? scolaires?",
    "ethnicity": (
        r"ethnic\w*|african.american|afro\w*|black hair care|textured hair|native american|indigenous|aboriginal|immigra(nts?|tion)|refugees?|"
        r"ethnisch\w*|migrant\w*|einwanderung\w*|flüchtlinge?|"
        r"ethniques?|cheveux (afro|crépus)|immigr(és?|ation)|réfugiés?"
    ),
    "weapons": (
        r"weapon\w*|firearms?|guns?|handguns?|ammunition|ammo|rifles?|pistols?|shotguns?|revolvers?|crossbows?|brass knuckles|tasers?|pepper sprays?|"
        r"(combat|hunting|survival|tactical|throwing) knives|swords?|explosives?|"
        r"waffen?|\w+waffen|munition|gewehre?|pistolen?|pfefferspray|armbrüste?|"
        r"armes?|fusils?|munitions|arbalètes?|carabines?"
    ),
    "body": (
        r"plus[- ]?sizes?|big (and|&) tall|outsize|shapewear|body shap(ers?|ing)|bariatric|wigs?|toupees?|hair loss|hair regrowth|baldness|mastectomy|"
        r"cellulite|stretch marks?|skin (lightening|whitening)|breast enlargement|"
        r"übergrößen?|große größen|haarausfall|perücken?|"
        r"grandes? tailles?|chute de cheveux|perruques?|vergetures"
    ),
}
"""By tag; the first that is found counts."""
HARMLESS = (
    r"health (&|and) beauty|beauty (&|and) health|gesundheit (&|und) schönheit|santé (&|et) beauté|"
    r"beverages (&|and) tobacco|getränke (&|und) tabak|boissons (&|et) tabac|"
    r"medicine balls?|medicine cabinets?|(wine|beer|cocktail|champagne) (glasses|flutes|mugs?|racks?|coolers?|openers?|buckets?)|wine vinegar|"
    r"(alcohol|nicotine|sugar)[- ]free\w*|non[- ]?alcoholic\w*|alkoholfrei\w*|sans alcool|ginger beer|root beer|tobacco colou?r|smoking jackets?|"
    r"baby ?(spinach|carrots?|corn|potatoes|leaf|leaves|blue|pink)|babydoll\w*|formula (1|one)|"
    r"(window|wood|water|metal|fabric|leather|stain|hair|rust|lawn) treatments?|treatments? > hair|"
    r"(pet|dog|cat|horse|bird|fish|aquarium)s?( supplies)? (medicine|medical|health|vitamins?|treatments?|diapers?|first aid)\w*|(plant|hair) health|"
    r"(glue|heat|water|nail|spray|grease|caulking|massage|paint|toy|squirt|label|staple|foam) guns?|gun ?metal|(starter|water) pistols?|toy (weapons?|swords?)"
)
"""Names in which such a word means something else: Google's departments "Health & Beauty" and "Food, Beverages & Tobacco" hold lipstick and pasta too."""
TELLING = {
    "pregnancy_baby": r"pregnan\w*|ovulation tests?|breast pumps?|nappies|diapers?|newborns?|nursing bras?|schwanger\w*|windeln|grossesse|allaitement",
    "intimacy": r"condoms?|lubricants?|vibrators?|sex toys?|erotic\w*|erectile|kondome?|gleitgel|préservatifs?|sextoys?",
    "health": (
        r"hiv|diabet\w*|incontinence|ha?emorrhoid\w*|antidepress\w*|psoriasis|menopaus\w*|viagra|ibuprofen|paracetamol|aspirin|insulin|"
        r"inkontinenz|hämorrhoid\w*|wechseljahre|hémorroïd\w*|ménopause"
    ),
    "belief": (
        r"bibles?|qurans?|korans?|torahs?|rosar(y|ies)|prayer (books?|mats?|rugs?)|hijabs?|kippahs?|first communion|bar mitzvah|"
        r"bibel|gebetsteppich\w*|coran"
    ),
    "money": r"bankruptcy|payday loans?|out of debt|surviving divorce|privatinsolvenz|surendettement",
    "addiction": r"whisk(e)?y|vodka|cigarettes?|nicotine|quit smoking|stop drinking|cannabis|cbd|zigaretten|raucherentwöhnung|sevrage tabagique",
    "grief": r"funeral|condolences?|bereavement|in loving memory|with (deepest )?sympathy|cremation|beileid|trauerkarten?|condoléances",
    "weapons": r"ammunition|pepper sprays?|stun guns?|tasers?|pfefferspray",
    "body": r"plus[- ]size|hair loss|mastectomy|übergrößen?|haarausfall|grandes? tailles?",
}
"""Words so plain that a product's own title may say them whatever its category is: a card "with sympathy" lies among the birthday cards."""
