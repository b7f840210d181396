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
CLOCK = any_of("am|pm|a\\.m\\.|p\\.m\\.|gmt|utc|est|ist|msk|мск|г\\.|года?|الأول|الثاني")
AGENCIES = any_of(
    "Reuters|AFP|AP|dpa|DPA|Xinhua|SPA|WAM|KUNA|SANA|PETRA|Petra|MENA|TASS|Interfax|INTERFAX\\.RU"
    "|RIA Novosti|IRNA|Anadolu|AA|UPI|PTI|ANI|IANS|EFE|ANSA|Kyodo|Yonhap|Bernama|Bloomberg"
    "|ТАСС|РИА Новости|Интерфакс|ИНТЕРФАКС|Рейтер|Синьхуа|АФП|АП|БЕЛТА|БелТА|РБК"
    "|رويترز|شينخوا|سانا|واس|وام|كونا|بترا|وكالات|الأناضول|سبوتنيك|وفا|قنا|واع"
    "|أ ?\\.? ?ف ?\\.? ?ب|ا ?\\.? ?ف ?\\.? ?ب|د ?\\.? ?ب ?\\.? ?أ|أ ?\\.? ?ب"
)
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
RIGHTS = any_of("©|\\(c\\)|copyright\\b|all rights reserved|все права защищены|جميع الحقوق محفوظة")
DESK_WORK = any_of(
    "(?:additional |written |compiled )?(?:report(?:ing|ed)|writing|written|editing|edited)\\b"
    "|compiled\\b|translated\\b|with (?:inputs?|files|reporting)\\b"
    "|репортаж|редактор|перевод|подготовил|إعداد|تحرير|تغطية|ترجمة|شارك في"
)
END_TAGS = any_of("SPA|WAM|KUNA|PETRA|BERNAMA|IANS|ANI|PTI|AFP|واس|وام|كونا|بترا|سانا")
