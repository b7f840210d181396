"""A name in the letters of another language, by a table of sounds: near enough to start from."""

import re
import unicodedata
from collections.abc import Mapping

from khabar.languages import Language

_LETTERS: Mapping[tuple[Language, Language], str] = {
    (Language.ENGLISH, Language.RUSSIAN): """
        a а  b б  c к  d д  e е  f ф  g г  h х  i и  j дж  k к  l л  m м  n н  o о  p п  q к  r р
        s с  t т  u у  v в  w у  x кс  y и  z з
        ce се  ci си  cy си  ch ч  tch ч  ck к  sch ш  sh ш  kh х  zh ж  ph ф  th т  gh г  qu кв
        ee и  ea и  oo у  ou у  ai ай  ay эй  ei ей  ey ей  ow оу  ya я  yu ю  yo йо  wh у  tz ц
    """,
    (Language.ENGLISH, Language.ARABIC): """
        a ا  b ب  c ك  d د  e ي  f ف  g غ  h ه  i ي  j ج  k ك  l ل  m م  n ن  o و  p ب  q ك  r ر
        s س  t ت  u و  v ف  w و  x كس  y ي  z ز
        ce س  ci سي  cy سي  ch تش  tch تش  ck ك  sch ش  sh ش  kh خ  zh ج  ph ف  th ث  gh غ  qu كو
        ee ي  ea ي  oo و  ou و  ai اي  ay اي  ei اي  ey ي  ow او  ya يا  yu يو  yo يو  wh و  tz تس
        ll ل  ss س  tt ت  nn ن  rr ر  mm م  ff ف  pp ب  bb ب  dd د  gg غ
    """,
    (Language.RUSSIAN, Language.ENGLISH): """
        а a  б b  в v  г g  д d  е e  ё yo  ж zh  з z  и i  й y  к k  л l  м m  н n  о o  п p  р r
        с s  т t  у u  ф f  х kh  ц ts  ч ch  ш sh  щ shch  ъ -  ы y  ь -  э e  ю yu  я ya
        дж j  кс x  ай ai  ий y  ый y
    """,
    (Language.RUSSIAN, Language.ARABIC): """
        а ا  б ب  в ف  г غ  д د  е ي  ё يو  ж ج  з ز  и ي  й ي  к ك  л ل  м م  н ن  о و  п ب  р ر
        с س  т ت  у و  ф ف  х خ  ц تس  ч تش  ш ش  щ شتش  ъ -  ы ي  ь -  э ا  ю يو  я يا
        дж ج  ий ي  ый ي
    """,
}


def spelt(name: str, source: Language, target: Language) -> str:
    """Return how a name may be written in the target language, or nothing where no table says so.

    The longest row of letters that the table knows goes first. A letter that it does not know
    counts as what it is without its accents, and other signs are left out.
    """
    if (source, target) not in _TABLES:
        return ""
    table, pattern = _TABLES[source, target]
    letters = (
        letter if letter in table else unicodedata.normalize("NFD", letter)[0]
        for letter in name.casefold()
    )
    written = "".join(table[found] for found in pattern.findall("".join(letters)))
    return written[:1].upper() + written[1:]


def _table(rows: str) -> tuple[dict[str, str], re.Pattern[str]]:
    cells = rows.split()
    table = {
        letters: sound.replace("-", "")
        for letters, sound in zip(cells[::2], cells[1::2], strict=True)
    }
    longest_first = sorted(table, key=len, reverse=True)
    return table, re.compile("|".join(longest_first))


_TABLES = {direction: _table(rows) for direction, rows in _LETTERS.items()}
