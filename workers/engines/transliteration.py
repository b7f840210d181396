"""Letters of one script for those of another, by a table: readable, and no translation."""

from khabar.languages import FACTS, Language

# One sound a line: the letters that stand for it in Latin, Cyrillic and Arabic. The first line that
# has a letter decides what it becomes.
_SOUNDS = """
a а ا
b б ب
v в ف
g г غ
d д د
e е ي
j ж ج
z з ز
i и ي
y й ي
k к ك
l л ل
m м م
n н ن
o о و
p п ب
r р ر
s с س
t т ت
u у و
f ф ف
h х ه
c ц ك
q к ق
w в و
x кс كس
ch ч تش
sh ш ش
sch щ شش
- ъ ع
y ы ي
- ь ء
e э ا
yu ю يو
ya я يا
yo ё يو
th т ث
h х ح
kh х خ
dh д ذ
s с ص
d д ض
t т ط
z з ظ
a а ى
a а ة
a а أ
i и إ
a а آ
u у ؤ
i и ئ
"""
_COLUMNS = ("Latn", "Cyrl", "Arab")


def transliterate(text: str, target: Language) -> str:
    """Return the text with every letter the table knows in the target's script.

    A capital stays one where the script has capitals. Digits and marks stay as they are.
    """
    table = _table(FACTS[target].script)
    return "".join(_letter(letter, table) for letter in text)


def _letter(letter: str, table: dict[str, str]) -> str:
    sound = table.get(letter.lower(), letter)
    return sound.capitalize() if letter.isupper() else sound


def _table(script: str) -> dict[str, str]:
    wanted = _COLUMNS.index(script)
    table: dict[str, str] = {}
    for line in _SOUNDS.split("\n"):
        letters = line.split()
        for column, letter in enumerate(letters):
            if column != wanted and len(letter) == 1 and letter != "-":
                table.setdefault(letter, letters[wanted].replace("-", ""))
    return table
