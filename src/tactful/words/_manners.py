"""What is never said, in any language: pity, pressure, false friendship, and knowing too much."""

import re

EVERYWHERE = {
    "an exclamation mark": r"[!！¡]",
    "a picture in place of a word": "[\u2600-\u27bf\U0001f300-\U0001faff]",
    "chumminess: the first name": r"\{(first_?name|name|customer)\}",
}

IN = {
    "en": {
        "pity": r"\bmiss(ed|ing)? you\b|\bcome back\b|\bit'?s been (a while|so long|too long)\b|\b(sad|sorry|lonely|heartbroken)\b|\bdon.t leave\b|\bwhere (have|did) you\b",
        "false urgency": r"\bhurry\b|\bquick(ly)?\b|\blast chance\b|\bfinal (call|hours?|days?)\b|\bdon.t (miss|forget|wait)\b|\bonly (\d+|\{n\}|a few) left\b|\bonly today\b"
        r"|\btoday only\b|\bbefore it.s gone\b|\bnow or never\b|\bends? (in|soon|today|tonight|at midnight)\b|\blimited\b|\bwhile (stocks?|supplies) last\b"
        r"|\bact (now|fast)\b|\b(hours?|minutes?|days?) left\b|\bcountdown\b|\brunning out of time\b|\bselling fast\b|\bexpires? (soon|today|tonight)\b",
        "false friendship": r"\boops\b|\bwhoops\b|\bjust for you\b|\bspecially for you\b|\bhand.?picked\b|\bhey\b|\bhi there\b|\bdear friend\b|\bwe love\b|\byou.ll love\b|\bguess what\b|\bgood news\b",
        "blame": r"\bforgot(ten)?\b|\babandon(ed)?\b|\byou left (something|it|this)\b|\bstill (thinking|interested)\b|\bwhat are you waiting\b",
        "knowing too much": r"\bwe (saw|noticed|know|watched|tracked|see|remember)\b|\bbecause you(.re| are)\b|\bpeople like you\b|\bpregnan\w*|\bdiagnos\w*|\bdisease\b|\byour (illness|weight|debt|religion|baby)\b",
    },
    "fr": {
        "pity": r"\bvous nous manquez\b|\btu nous manques\b|\breven(ez|ir)\b|\bça fait longtemps\b|\btristes?\b|\bdésolés?\b|\bne partez pas\b",
        "false urgency": r"\bvite\b|\bdépêchez\b|\bdernière (chance|heure|minute)\b|\bderniers? jours?\b|\bplus que \S+\b|\bseulement aujourd.hui\b|\baujourd.hui seulement\b"
        r"|\bne (manquez|ratez|tardez|oubliez)\b|\bavant qu.il ne soit trop tard\b|\bprofitez\b|\blimitée?s?\b|\bjusqu.à épuisement\b|\bse termine\b|\bexpire\b|\burgent\b|\bcompte à rebours\b|\bmaintenant ou jamais\b",
        "false friendship": r"\boups\b|\brien que pour vous\b|\bspécialement pour vous\b|\bcoucou\b|\bsalut\b|\bcher ami\b|\bchère amie\b|\bbonne nouvelle\b|\bvous allez adorer\b|\bsélectionnée?s? pour vous\b",
        "blame": r"\boublié\w*|\babandonné\w*|\bvous avez laissé\b|\bqu.attendez-vous\b",
        "knowing too much": r"\bnous (avons vu|avons remarqué|savons|voyons)\b|\bon a vu\b|\bparce que vous êtes\b|\bdes gens comme vous\b|\benceinte\b|\bmaladie\b|\bvotre (poids|dette|religion|bébé)\b",
    },
    "de": {
        "pity": r"\bwir vermissen (sie|dich)\b|\bsie fehlen uns\b|\bdu fehlst\b|\bkommen sie zurück\b|\bkomm zurück\b|\blange nicht gesehen\b|\btraurig\b|\bschade\b|\bleider\b",
        "false urgency": r"\bschnell\b|\bbeeil\w*|\bletzte (chance|stunden?|tage?|gelegenheit)\b|\bnur (noch|heute)\b|\bheute nur\b|\bnoch \S+ (stunden?|minuten?|tage?)\b|\bverpass\w*|\bnicht vergessen\b"
        r"|\bjetzt oder nie\b|\bendet\b|\blimitiert\w*|\bsolange der vorrat\b|\bjetzt zugreifen\b|\bzugreifen\b|\bläuft ab\b|\bsichern sie sich\b|\bcountdown\b|\bbevor es (weg|zu spät)\b",
        "false friendship": r"\bhoppla\b|\bups\b|\bnur für (sie|dich)\b|\bspeziell für (sie|dich)\b|\bextra für (sie|dich)\b|\bhallöchen\b|\bhey\b|\bhi\b|\bgute nachrichten\b|\bwerden (sie|du) lieben\b",
        "blame": r"\bvergessen\b|\bzurückgelassen\b|\bliegen ?gelassen\b|\bworauf warten\b",
        "knowing too much": r"\bwir (haben (gesehen|bemerkt)|wissen|sehen|beobachten)\b|\bweil sie \S+ sind\b|\bleute wie sie\b|\bschwanger\w*|\bkrankheit\b|\bihr (gewicht|baby|glaube)\b|\bihre (schulden|religion|diagnose)\b",
    },
    "ar": {
        "pity": r"اشتقنا|نفتقدك|افتقدناك|عد إلينا|طال غيابك|حزين|آسف|للأسف",
        "false urgency": r"أسرع|بسرعة|سارع|عجل|الفرصة الأخيرة|آخر فرصة|اليوم فقط|لليوم فقط|لا تفوت|قبل فوات|الآن أو أبد|ينتهي|كمية محدودة|محدود|حتى نفاد|لم يبق سوى|بقي \S+ ساع|عد تنازلي",
        "false friendship": r"خصيصًا لك|خصيصا لك|لك أنت فقط|عزيزي|عزيزتي|صديقي|أخبار سارة|خبر سار|ستحب",
        "blame": r"نسيت|تركت وراءك|هجرت|ماذا تنتظر",
        "knowing too much": r"رأينا أنك|لاحظنا|نعرف أنك|نعلم أنك|لأنك|أشخاص مثلك|حامل|مرضك|ديونك|دينك|وزنك",
    },
}

COMPILED = {language: {what: re.compile(pattern, re.IGNORECASE) for what, pattern in rules.items()} for language, rules in (IN | {"": EVERYWHERE}).items()}


def offences(text: str, language: str) -> list[tuple[str, str]]:
    """What in a sentence is never said: what it is, and the words. A language without rules of its own is held to the English ones.

    >>> offences("Hurry, we miss you!", "en")
    [('an exclamation mark', '!'), ('pity', 'miss you'), ('false urgency', 'Hurry')]
    """
    straight = text.replace("’", "'")
    rules = COMPILED[""] | COMPILED["en"] if language not in COMPILED else COMPILED[""] | COMPILED[language]
    return [(what, found.group()) for what, pattern in rules.items() if (found := pattern.search(straight))]
