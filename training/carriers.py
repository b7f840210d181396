"""Names where other names stood, so that a name is learnt apart from its one sentence.

Russian inflects, so a name is only put where its form cannot be wrong: into datelines and lists
after a colon, which take the nominative; and into sentences where both the old and the new name
are of those that Russian never inflects (Токио, Хельсинки, Баку). In Arabic the old and the new
name both have the article or both have not, since particles join on to it. Numbers are varied in
their leading digits alone, because the last two decide how Russian and Arabic count.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from khabar.languages import Language
from training.gazetteer import Entry
from training.items import COLUMNS
from training.news import Triple

SOURCE = "carrier"

_PLACES = frozenset({"capital", "city"})
_REPLACED = {"capital": "city", "city": "city", "region": "region", "country": "country"}
_INDECLINABLE = re.compile(r"[А-ЯЁа-яё-]+[оиуюэе]")
# Plurals and neuters are inflected although they end like the others; some that end like these
# are not, and are not needed.
_INFLECTED_END = re.compile(r"(?:[ео]во|ино|[ьо]е|-на-\w+)$")
_INFLECTED = frozenset(
    {
        "Аппалачи", "Барановичи", "Березники", "Гавайи", "Гималаи", "Гродно", "Кошице", "Мытищи",
        "Пиренеи", "Помпеи", "Ровно", "Салоники", "Химки",
    }
)  # fmt: skip
_ARTICLE = "ال"
_EDGE = {
    Language.ENGLISH: (r"(?<![\w'’-])()", r"(?![\w'’-])"),
    Language.RUSSIAN: (r"(?<![\w-])()", r"(?![\w-])"),
    # The particles that are written together with the word may stand before it.
    Language.ARABIC: (r"(?<!\w)([وفبلك]{0,2})", r"(?!\w)"),
}
_NUMBER = re.compile(
    r"(?<![\d.,])\d{1,3}(?:[,\u00a0 ]?\d{3})+(?![\d.,]*\d)|(?<![\d.,])\d{3}(?![\d.,]*\d)"
)
_COMMAS = {Language.ENGLISH: ", ", Language.RUSSIAN: ", ", Language.ARABIC: " و"}
_LAST = {Language.ENGLISH: " and ", Language.RUSSIAN: " и ", Language.ARABIC: " و"}
_LIST_HEADS: dict[str, Sequence[tuple[str, str, str]]] = {
    "country": (
        ("Countries on the list: {}.", "Страны в списке: {}.", "الدول المدرجة في القائمة: {}."),
        (
            "The draft was backed by the following states: {}.",
            "Проект поддержали следующие государства: {}.",
            "أيدت المشروع الدول التالية: {}.",
        ),
        ("Observers: {}.", "Наблюдатели: {}.", "المراقبون: {}."),
    ),
    "city": (
        ("Host cities: {}.", "Города-организаторы: {}.", "المدن المضيفة: {}."),
        ("Stops on the route: {}.", "Остановки на маршруте: {}.", "محطات الرحلة: {}."),
        (
            "Cities with the most flights: {}.",
            "Города, куда больше всего рейсов: {}.",
            "المدن ذات العدد الأكبر من الرحلات: {}.",
        ),
    ),
    "region": (("Affected regions: {}.", "Пострадавшие регионы: {}.", "المناطق المتضررة: {}."),),
    "person": (
        ("Participants: {}.", "Участники: {}.", "المشاركون: {}."),
        (
            "Also mentioned in the report: {}.",
            "В докладе также упомянуты: {}.",
            "وورد في التقرير أيضا ذكر: {}.",
        ),
    ),
    "organization": (
        ("Signatories: {}.", "Подписавшие стороны: {}.", "الجهات الموقعة: {}."),
        ("Partners of the project: {}.", "Партнёры проекта: {}.", "شركاء المشروع: {}."),
    ),
    "term": (("On the agenda: {}.", "Темы повестки дня: {}.", "على جدول الأعمال: {}."),),
    "event": (("Events of the year: {}.", "События года: {}.", "أحداث العام: {}."),),
}


def lists(entries: Sequence[Entry], count: int, chance: random.Random) -> Iterator[Triple]:
    """Yield made-up lists of two to four names of one kind, after a colon."""
    by_kind = defaultdict[str, list[Entry]](list)
    for entry in entries:
        by_kind["city" if entry.kind in _PLACES else entry.kind].append(entry)
    kinds = sorted(set(by_kind) & set(_LIST_HEADS))
    for _ in range(count if kinds else 0):
        kind = chance.choice(kinds)
        names = chance.sample(by_kind[kind], min(len(by_kind[kind]), chance.randint(2, 4)))
        heads = dict(zip(COLUMNS, chance.choice(_LIST_HEADS[kind]), strict=True))
        yield {
            language: heads[language].format(_enumerate(names, language)) for language in COLUMNS
        }


def _enumerate(entries: Sequence[Entry], language: Language) -> str:
    *names, last = [entry.texts[language] for entry in entries]
    return _COMMAS[language].join(names) + (_LAST[language] if names else "") + last


class Substitution:
    """Puts other names and numbers into sentences of the newsbank."""

    def __init__(self, entries: Sequence[Entry], chance: random.Random) -> None:
        self._chance = chance
        self._places = [entry for entry in entries if entry.kind in _PLACES]
        self._datelines = {
            tuple(_capitals(entry, language) for language in COLUMNS) for entry in self._places
        }
        self._fixed = defaultdict[tuple[str, bool], list[Entry]](list)
        for entry in entries:
            if _is_fixed(entry):
                self._fixed[_class_of(entry)].append(entry)

    def vary(self, triple: Triple) -> Triple | None:
        """Return the sentence with another name or number, or nothing where none can be put."""
        for change in self._chance.sample((self._dateline, self._name, self._number), 3):
            if changed := change(triple):
                return changed
        return None

    def _dateline(self, triple: Triple) -> Triple | None:
        """Replace the place of "AMMAN — ..." by any other."""
        heads = {language: triple[language].split(" — ", 1)[0] for language in COLUMNS}
        known = tuple(heads.values()) in self._datelines
        if not known or any(" — " not in triple[language] for language in COLUMNS):
            return None
        new = self._chance.choice(self._places)
        return {
            language: _capitals(new, language) + triple[language][len(heads[language]) :]
            for language in COLUMNS
        }

    def _name(self, triple: Triple) -> Triple | None:
        """Replace a name that Russian does not inflect by another such."""
        for key, entries in self._fixed.items():
            for old in entries:
                if old.texts[Language.ENGLISH] not in triple[Language.ENGLISH]:
                    continue
                new = self._chance.choice(self._fixed[key])
                if changed := _replace(triple, old, new):
                    return changed
        return None

    def _number(self, triple: Triple) -> Triple | None:
        """Change the leading digits of a number of three digits or more that all sides share."""
        for match in _NUMBER.finditer(triple[Language.ENGLISH]):
            digits = re.sub(r"\D", "", match.group())
            if len(digits) == 4 and digits[:2] in ("19", "20"):
                continue
            new = self._other_number(digits)
            changed = {lang: _replace_number(triple[lang], digits, new) for lang in COLUMNS}
            if all(changed.values()):
                return {language: text for language, text in changed.items() if text}
        return None

    def _other_number(self, digits: str) -> str:
        head = "".join(str(self._chance.randint(0, 9)) for _ in digits[1:-2])
        return str(self._chance.randint(1, 9)) + head + digits[-2:]


def _is_fixed(entry: Entry) -> bool:
    russian = entry.texts[Language.RUSSIAN]
    if entry.kind not in _REPLACED or russian in _INFLECTED or _INFLECTED_END.search(russian):
        return False
    return _INDECLINABLE.fullmatch(russian) is not None


def _class_of(entry: Entry) -> tuple[str, bool]:
    return _REPLACED[entry.kind], entry.texts[Language.ARABIC].startswith(_ARTICLE)


def _capitals(entry: Entry, language: Language) -> str:
    return entry.texts[language].upper()


def _replace(triple: Triple, old: Entry, new: Entry) -> Triple | None:
    """Replace the name on all three sides, if it stands once on each."""
    if old is new:
        return None
    changed = {}
    for language in COLUMNS:
        parts = _pattern(old.texts[language], language).split(triple[language])
        if len(parts) != 3:
            return None
        before, particles, after = parts
        changed[language] = before + particles + new.texts[language] + after
    return changed


def _pattern(name: str, language: Language) -> re.Pattern[str]:
    before, after = _EDGE[language]
    return re.compile(before + re.escape(name) + after)


def _replace_number(text: str, digits: str, new: str) -> str | None:
    """Put other digits for the number, grouped as they were; nothing if it is not there once."""
    found = [m for m in _NUMBER.finditer(text) if re.sub(r"\D", "", m.group()) == digits]
    if len(found) != 1:
        return None
    fresh = iter(new)
    written = "".join(next(fresh) if c.isdigit() else c for c in found[0].group())
    return text[: found[0].start()] + written + text[found[0].end() :]
