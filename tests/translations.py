"""The words of patients' pages, for their catalogues: `make translations` finds them and adds what is new.

Found are what templates, letters and Python mark (`_("…")`, `{% trans %}`, `N_("…")`); the sentences of
the files of PLAIN, which are translated where they are shown; and what patients read of the taxonomy.
"""

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from navigator.catalogue.catalogue import default_catalogue
from navigator.catalogue.crisis_card import default_crisis_card
from navigator.languages import FOLDER, TRANSLATIONS

ROOT = Path(__file__).parents[1]
TEMPLATE = FOLDER / "messages.pot"
PLAIN = (
    "web/public/*.py",
    "web/kit/error_pages.py",
    "web/kit/field_errors.py",
    "web/kit/forms.py",
    "web/kit/typed_dates.py",
    "web/kit/whole_body.py",
    "navigator/errors.py",
    "navigator/attachments/check.py",
    "navigator/attachments/limits.py",
    "navigator/fields.py",
    "navigator/problems/affected.py",
    "navigator/problems/public_list.py",
    "navigator/problems/status_list.py",
    "navigator/problems/subscribing.py",
    "navigator/tickets/booking_inputs.py",
    "navigator/tickets/contact_inputs.py",
    "navigator/tickets/report_input.py",
    "navigator/tickets/session_date.py",
    "navigator/tickets/actions/booked_calls.py",
    "navigator/tickets/actions/call_diary.py",
    "navigator/tickets/actions/reporter.py",
    "navigator/tickets/actions/contact.py",
    "navigator/tickets/actions/next_session.py",
    "navigator/tickets/reports/limits.py",
    "navigator/tickets/reports/drafts.py",
)
"""Files whose every sentence a patient may read."""

ELSEWHERE = (
    "We cannot send text messages. Choose another way.",
    "what you want to say",
    "the date of the next session",
)
"""What patients read of files that are for staff otherwise."""

_HEADER = "# Words of patients’ pages. A machine’s draft: nobody is shown it before a service has signed it."
_NOISE = re.compile(
    r'^"(?:Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|'
    r"Language-Team|Generated-By):.*\n",
    re.MULTILINE,
)
_JINJA = {
    "extensions": "jinja2.ext.do",
    "trimmed": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "newstyle_gettext": "true",
    "silent": "false",
}
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
_SENTENCE = re.compile(r"[A-Z“{].*[a-z]")

Words = str | tuple[str, str]


def words_now() -> list[Words]:
    """All words of patients' pages as they are now, each once."""
    found: list[Words] = [
        *_of_templates(),
        *_of_python(),
        *_plain(),
        *_of_taxonomy(),
        *ELSEWHERE,
    ]
    by_first: dict[str, Words] = {one: one for one in found if isinstance(one, str) and one}
    by_first |= {one[0]: one for one in found if isinstance(one, tuple)}
    return sorted(by_first.values(), key=_first)


def _of_templates() -> Iterator[Words]:
    for file in [*ROOT.glob("web/templates/**/*.html"), *ROOT.glob("navigator/outbox/templates/**/*.txt")]:
        with file.open("rb") as source:
            for _, message, _, _ in extract("jinja2", source, _KEYWORDS, options=_JINJA):
                yield _as_words(message)


def _of_python() -> Iterator[Words]:
    for file in [*ROOT.glob("navigator/**/*.py"), *ROOT.glob("web/**/*.py")]:
        with file.open("rb") as source:
            for _, message, _, _ in extract("python", source, _KEYWORDS):
                yield _as_words(message)


def _as_words(message: str | tuple[str, ...]) -> Words:
    return message if isinstance(message, str) else (message[0], message[1])


def _plain() -> Iterator[str]:
    for pattern in PLAIN:
        for file in sorted(ROOT.glob(pattern)):
            yield from _sentences(ast.parse(file.read_text(encoding="utf-8")))


def _sentences(tree: ast.AST) -> Iterator[str]:
    """Sentences, and the titles of fields; not what explains the code, nor parts of what is put together."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "title" and isinstance(node.value, ast.Constant):
            yield str(node.value.value)
        if isinstance(node, ast.Expr | ast.JoinedStr):
            continue
        if isinstance(node, ast.keyword) and node.arg == "description":
            continue
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Constant) and isinstance(child.value, str):
                text = child.value
                if " " in text and "__" not in text and _SENTENCE.match(text):
                    yield text


def _of_taxonomy() -> Iterator[str]:
    yield default_crisis_card().heading
    tree = default_catalogue()
    yield from (group.label for group in tree.groups_for("patient"))
    yield from (tree.moved.because_sentence(cue) for cue in tree.moved.because)
    yield from (*tree.moved.reason.values(), *tree.moved.next_step.values())
    for leaf in tree.leaves:
        yield from (leaf.reason, leaf.next_step, leaf.patient_workaround or "", *leaf.try_first)
        yield leaf.account_reason or ""
        if leaf.patient_label:
            yield leaf.patient_label
            for question in leaf.questions_for("patient"):
                yield from (question.text, *(option.label for option in question.options))


def update() -> None:
    """Write the template and add what is new to each language; what is no longer said is put aside."""
    words = words_now()
    _write(TEMPLATE, _catalog(words, None, {}))
    for language in TRANSLATIONS:
        known = _known(language.file) if language.file.exists() else {}
        _write(language.file, _catalog(words, language.locale, known))


def _known(path: Path) -> dict[str, Message]:
    """What a catalogue holds, and what it held before: what is said again is not translated again."""
    with path.open("rb") as file:
        catalog = read_po(file)
    messages = [*catalog.obsolete.values(), *(message for message in catalog if message.id)]
    return {_first(message.id): message for message in messages}


def _first(id: Any) -> str:
    return str(id if isinstance(id, str) else id[0])


def _catalog(words: list[Words], locale: str | None, known: dict[str, Message]) -> Catalog:
    catalog = Catalog(locale, fuzzy=False)
    for one in words:
        before = known.get(_first(one))
        if before is not None and isinstance(before.id, str) == isinstance(one, str):
            catalog.add(one, before.string, flags=before.flags)
        else:
            catalog.add(one)
    said = {_first(one) for one in words}
    for id, message in sorted(known.items()):
        if id not in said and message.string:
            catalog.obsolete[id] = message
    return catalog


def _write(path: Path, catalog: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog.header_comment = _HEADER
    written = BytesIO()
    write_po(written, catalog, width=0, no_location=True)
    path.write_text(_NOISE.sub("", written.getvalue().decode()), encoding="utf-8")


if __name__ == "__main__":
    update()
