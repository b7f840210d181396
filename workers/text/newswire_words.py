"""Words that agencies put around a story, for the patterns that find them."""


def any_of(words: str) -> str:
    """Return a regular expression for any of the ``words``, which ``|`` divides."""
    return f"(?:{words})"


MONTHS = any_of(
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
    "|янв|фев|мар|апр|мая|май|июн|июл|авг|сен|окт|ноя|дек"
    "|يناير|فبراير|مارس|أبريل|ابريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر"
    "|كانون|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين"
)
WEEKDAYS = any_of(
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thurs?|fri|sat|sun"
    "|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье"
    "|الاثنين|الإثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت|الأحد"
)
CLOCK = any_of(
    "am|pm|a\\.m\\.|p\\.m\\.|gmt|utc|est|ist|msk|мск|г\\.|года?|الأول|الثاني"
    "|[صم]|صباحا|مساء|ظهرا|بتوقيت [^\\W\\d_]+"
)
AGENCIES = any_of(
    "Reuters|AFP|AP|dpa|DPA|Xinhua|SPA|WAM|KUNA|SANA|PETRA|Petra|MENA|TASS|Interfax|INTERFAX\\.RU"
    "|RIA Novosti|IRNA|Anadolu|AA|UPI|PTI|ANI|IANS|EFE|ANSA|Kyodo|Yonhap|Bernama|Bloomberg"
    "|ТАСС|РИА Новости|Интерфакс|ИНТЕРФАКС|Рейтер|Синьхуа|АФП|АП|БЕЛТА|БелТА|РБК"
    "|رويترز|شينخوا|سانا|واس|وام|كونا|بترا|وكالات|الأناضول|سبوتنيك|وفا|قنا|واع"
    "|أ ?\\.? ?ف ?\\.? ?ب|ا ?\\.? ?ف ?\\.? ?ب|د ?\\.? ?ب ?\\.? ?أ|أ ?\\.? ?ب"
)
ORGANISATIONS = any_of(
    "NATO|UNICEF|UNESCO|UNHCR|OPEC|ASEAN|FIFA|UEFA|WHO|IAEA|NASA|ESA|IMF|INTERPOL|CIA|FBI|IDF|BBC"
    "|CNN|USA|UK|EU|UN|UAE|BRICS|ISIS"
    "|НАТО|ООН|ВОЗ|МВД|МИД|МЧС|ФСБ|СБУ|ЦРУ|ОПЕК|ЮНИСЕФ|ЮНЕСКО|МАГАТЭ|МВФ|США|КНР|КНДР|ОАЭ|ФРГ|СНГ"
    "|ОДКБ|ШОС|БРИКС|ЕАЭС|ФИФА|УЕФА|МОК|РЖД|РПЦ|ЦИК|СМИ|ИГИЛ"
)
"""Those that are written in capitals, as places are in datelines."""
UPDATED = any_of(
    "(?:last |first )?(?:updated|published|posted|modified)"
    "|обновлен[оа]?|опубликован[оа]?|дата публикации|дата обновления"
    "|آخر تحديث|نشر في|نشر بتاريخ|تاريخ النشر|تم التحديث|تم النشر"
)
CREDITS = any_of(
    "Author|Reporter|Correspondent|Photo|Image|Source"
    "|Автор|Авторы|Текст|Фото|Источник|Корреспондент"
    "|كتب|كتبت|بقلم|تحرير|المصدر|المحرر|تصوير|الصورة|إعداد"
)
NEWSROOMS = any_of(
    "Associated Press|Agence France-Presse|Staff|Agencies|News Desk|Web Desk|Our Correspondent"
)
POINTERS = any_of(
    "read (?:more|also|next|the full story)|also read|see also|related(?: stories| articles)?"
    "|more on this|more (?:stories|news)|watch|sign up|subscribe|follow us|click here|share this"
    "|читайте (?:также|ещё|еще)|подробнее|смотрите также|по теме|подписывайтесь|подпишитесь"
    "|поделиться"
    "|اقرأ أيضا?ً?|إقرأ أيضا?ً?|اقرأ المزيد|للمزيد|المزيد|شاهد أيضا?ً?|تابعونا|تابعوا"
    "|مواضيع ذات صلة|شارك"
)
ENDINGS = any_of("ends?|#+|-30-|انتهى")
ADVERTISEMENTS = any_of("advertisement|реклама|إعلان|إعلانات")
COPYRIGHT = any_of("©|\\(c\\) ?\\d{4}|copyright (?:©|\\(c\\)|\\d{4})")
RIGHTS = any_of(f"{COPYRIGHT}|all rights reserved|все права защищены|جميع الحقوق محفوظة")
# With a name, for "written in prison" and "هيئة (تحرير الشام)" are said of other things.
DESK_WORK = any_of(
    "(?:additional )?(?:reporting|writing|editing)(?: ?:| [^()\\[\\]]{0,60}?\\bby\\b)"
    "|(?:reported|written|edited|compiled|translated)(?: and \\w+)? by\\b"
    "|with (?:inputs?|files|reporting) (?:from|by|of)\\b"
    "|(?:репортаж|редактор|перевод|подготовил\\w*)(?: ?:| (?-i:[А-ЯЁ]))"
    "|(?:إعداد|تحرير|تغطية|شارك في)(?: ?:| (?!ال)\\S+ \\S)|ترجمة ?:"
)
END_TAGS = any_of("SPA|WAM|KUNA|PETRA|BERNAMA|IANS|ANI|PTI|AFP|واس|وام|كونا|بترا|سانا")
