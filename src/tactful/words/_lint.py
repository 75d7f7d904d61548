"""The linter of words: form, completeness, and manners."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from jinja2 import TemplateError, TemplateSyntaxError

from tactful.words._letter import MARKUP, Block, page
from tactful.words._manners import offences
from tactful.words._read import PLURAL, SHIPPED, Fault, File, Phrase, forms_of, names_in, placeholders, plural_forms, read_file, read_files

REFERENCE = "en.toml"
"""What can be said, and with which placeholders."""
PAGE = "letter.html"
OPTIONAL = ("formats.",)
"""A language may leave these to Babel, and another may have them though English has not."""
TO_THE_CUSTOMER = ("reason.", "subject.", "list.", "letter.", "page.", "evidence.", "moderation.")
WAYS_OUT = ("unsubscribe_url", "preferences_url")
PATTERN_KEYS = {"formats.day", "formats.day_year", "formats.price", "formats.amount"}


def lint(own: Mapping[str, str] | None = None) -> list[Fault]:
    """Everything wrong with the words: those of a shop, by file name; without any, the shipped ones."""
    texts = own if own is not None else SHIPPED
    reference = dict(read_file(REFERENCE, SHIPPED[REFERENCE]).phrases)
    shipped = {file.locale for file in read_files(SHIPPED)}
    files = read_files(texts)
    found = [fault for file in files for fault in (*file.faults, *_wrong(file, reference))]
    for file in files:
        if "-" not in file.locale and (own is None or file.locale not in shipped) and not any(not fault.key for fault in file.faults):
            found += [Fault(file=file.name, key=key, message="is missing") for key in reference if key not in file.phrases and not key.startswith(OPTIONAL)]
    stray = [name for name in texts if not name.endswith((".toml", ".html")) or (name.endswith(".html") and name != PAGE)]
    found += [Fault(file=name, key="", message=f"not known; words lie in files like fr.toml, the layout in {PAGE}") for name in stray]
    return found + (list(_wrong_page(texts[PAGE])) if PAGE in texts else [])


def _wrong(file: File, reference: dict[str, Phrase]) -> Iterator[Fault]:
    language = file.locale.split("-")[0]
    for key, phrase in file.phrases.items():
        known = key in reference or key in PATTERN_KEYS
        if not known:
            close = get_close_matches(key, reference, n=1)
            yield Fault(file=file.name, key=key, message=f"not known; did you mean {close[0]}?" if close else "not known")
        elif not key.startswith(OPTIONAL):
            messages = [*_ill_formed(phrase, reference[key], language), *_ill_mannered(key, phrase, language)]
            yield from (Fault(file=file.name, key=key, message=message) for message in messages)


def _ill_formed(phrase: Phrase, model: Phrase, language: str) -> Iterator[str]:
    allowed = names_in(model) | ({PLURAL} if isinstance(model, dict) else set())
    needed = allowed - {PLURAL}
    if isinstance(phrase, dict) and isinstance(model, str):
        yield "does not count anything, so it has one form"
        return
    if isinstance(phrase, dict):
        missing = [form for form in ("zero", "one", "two", "few", "many", "other") if form in plural_forms(language) - set(phrase)]
        if missing:
            yield f"lacks the plural {', '.join(missing)}"
    elif isinstance(model, dict):
        yield f"counts something, so it needs the plural forms {', '.join(sorted(plural_forms(language)))}"
    for form, text in forms_of(phrase).items():
        names, where = placeholders(text), f" in {form}" if form else ""
        if not text.strip():
            yield f"says nothing{where}"
        if needed - names:
            yield f"lacks {_braced(needed - names)}{where}"
        if names - allowed:
            yield f"knows no {_braced(names - allowed)}{where}; it may use {_braced(allowed) or 'none'}"


def _ill_mannered(key: str, phrase: Phrase, language: str) -> Iterator[str]:
    if key.startswith(TO_THE_CUSTOMER):
        for text in forms_of(phrase).values():
            yield from (f"{what}: {words!r} in {text.strip()!r}" for what, words in offences(text, language))


def _braced(names: set[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))


def _wrong_page(source: str) -> Iterator[Fault]:
    """A layout must show every reason, and both ways out."""
    reason = "because you asked"
    given = {name: name for name in (*WAYS_OUT, "lang", "dir", "subject", "closing", "answer", "leave")}
    try:
        shown = page(source).render(items=[Block(title="t", reason=reason)], sender=["s"], **given)
    except TemplateSyntaxError as error:
        yield Fault(file=PAGE, key=f"line {error.lineno}", message=str(error.message))
        return
    except (TemplateError, TypeError) as error:
        yield Fault(file=PAGE, key="", message=str(error))
        return
    yield from (Fault(file=PAGE, key="", message=f"lacks a link to {{{{ {name} }}}}: a letter has a way out") for name in WAYS_OUT if f'"{name}"' not in shown)
    if reason not in shown:
        yield Fault(file=PAGE, key="", message="lacks {{ item.reason }}: a letter says why it comes")
    plain = "".join(part for part in MARKUP.from_string("{{ text|striptags }}").render(text=shown)).replace("<!doctype html>", "")
    yield from (Fault(file=PAGE, key="", message=f"{what}: {words!r}") for what, words in offences(plain, "en"))
