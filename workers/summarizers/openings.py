"""Beginnings of sentences that lean on what was said before, in the three languages.

``PRONOUNS`` mean somebody named before. ``FOLLOWING`` need the sentence just before them: a pronoun
that it explains, a contrast to it.
``LATER`` can do with any earlier sentence of the story. ``TEASERS`` speak to the reader and belong
in no summary. ``CONNECTIVES`` may be cut away and leave a whole sentence.
"""

import re

from khabar.languages import Language


def _starting(*alternatives: str) -> re.Pattern[str]:
    # Not "two-week", nor an initial: "А. Иванов".
    end = r"(?!\w|-\w|\.\s*\w)"
    return re.compile(r"\W*(?:" + "|".join(alternatives) + ")" + end, re.IGNORECASE)


# "IT" is no pronoun.
_ENGLISH_PRONOUNS = (
    r"he(?:['’]\w+)?|she(?:['’]\w+)?|they(?:['’]\w+)?|(?-i:[Ii]t)(?:['’]\w+)?"
    r"|his|her|hers|their|its"
)
_RUSSIAN_PRONOUNS = "он|она|оно|они|его|её|ее|их|ему|ей|им|ими"
_ARABIC_PRONOUNS = "[وف]?(?:هو|هي|هم|هما|هن)"

PRONOUNS = {
    Language.ENGLISH: _starting(_ENGLISH_PRONOUNS),
    Language.RUSSIAN: _starting(_RUSSIAN_PRONOUNS),
    Language.ARABIC: _starting(_ARABIC_PRONOUNS),
}

FOLLOWING = {
    Language.ENGLISH: _starting(
        _ENGLISH_PRONOUNS,
        r"this(?! (?:year|week|month|season|spring|summer|autumn|fall|winter|morning|time)\b)",
        r"these(?! days)|those(?! (?:who|whose|with|in)\b)|that|such|both|neither|another|others?",
        r"the (?:two|three|four|pair|duo|trio|former|latter|same|other|others)",
        r"(?:for|in|on|at|of|by|with|from|to|after|before|under|among)"
        r" (?:his|her|their|its|them|it|him|this|that|these|those|both)(?! (?:year|week|month)\b)",
        r"(?:one|some|most|many|all|none|each|two|three|half|several) of (?:them|those|these)",
        r"but|and|or|so(?=,| far| did| do| it| he| she| they| the| that)|yet|then",
        r"nor|also|too|instead|hence|thus|therefore|likewise|similarly",
        r"as a result|by contrast|in contrast|in response|in turn|in return|even so|that said",
        r"(?:when )?asked|there(?:fore|after|upon)?|here|if so|otherwise|in other words|of course",
        r"on the other hand|for example|for instance|(?:shortly|soon|moments) (?:after|afterwards)",
        r"however|moreover|furthermore|meanwhile|in addition|additionally|nevertheless",
        r"nonetheless|still|besides|at the same time|because of (?:this|that|it)|indeed",
        r"in fact|since then|until then|by then|since(?=,)",
    ),
    Language.RUSSIAN: _starting(
        _RUSSIAN_PRONOUNS,
        r"этот|эта|это|эти|этого|этой|этом|этим|этих",
        r"тот|та|те(?!, кто)|речь шла|речь идёт|речь идет",
        r"такой|такая|такое|такие|оба|обе|там|тогда|туда|здесь|затем|потом|поэтому",
        r"также|тоже|однако|но|а|и|или|зато|впрочем|причём|причем|притом|так|тем самым|иначе",
        r"(?:при|после|до|из|от|за|на|в|во|с|со|об|о|к|для|по|над|под|перед|кроме|помимо|вместе с)"
        r" (?:этом|этого|этому|этим|этой|этих|этот|эти|эту|него|неё|нее|них|нём|нем|ним|ней|ними"
        r"|нему|том|того|тем|той|тех|ту)(?! (?:году|неделе|месяце|день)\b)",
        r"(?:по|в|на|с|со|из|от|к|для) (?:его|её|ее|их)",
        r"в свою очередь|со своей стороны|кроме того|более того|помимо этого|тем временем",
        r"между тем|вместе с тем|в то же время|тем не менее|к тому же|напротив|наоборот",
        r"в ответ|в результате|среди них|из них|один из них|одна из них|двое из них|отвечая",
        r"например|в частности|в итоге|в противном случае|остальные|второй|вторая|последний",
    ),
    Language.ARABIC: _starting(
        _ARABIC_PRONOUNS,
        r"[وف]?(?:هذا|هذه|ذلك|تلك|هؤلاء|هذان|كلاهما|كلتاهما|هنا|هناك)",
        r"[وف]?(?:كما|لكن|لكنه|لكنها|لكنهم|بل|ثم|كذلك|أيضا|لذلك|لذا|إذ|حيث|بينما|فيما|حينها|عندها)",
        r"فأ\w{3,}|فقبل|فبعد|فمن|فعلى|فلا|فلم|فلن|فقال|فقالت|فبحسب|فكان|فكانت|فمنذ",
        r"فقد|فإن|فإنه|فإنها|لأن|لأنه|لأنها|وذلك|وبذلك|وهكذا|هكذا",
        r"[وف]?(?:غير|بيد|إلا) (?:أن|أنه|أنها|أنهم)|[وف]?مع (?:ذلك|هذا)",
        r"[وف]?(?:بدوره|بدورها|بدورهم|منهم|منها|بينهم|بينها|بعدها|وقتها|كان هذا|كان ذلك)",
        r"[وف]?من (?:جهته|جهتها|جهتهم|جانبه|جانبها|جانبهم|ناحيته|ناحيتها|بينهم|بينها)",
        r"[وف]?(?:في|على|عن|من|إلى|مع|بعد|قبل|خلال|عند|لدى|رغم|منذ) "
        r"(?:هذا|هذه|ذلك|تلك|ذاك|المقابل|الأثناء)",
        r"[وف]?(?:فيه|فيها|عليه|عليها|له|لها|لهم|به|بها|عنه|عنها|إليه|إليها|معه|معها|منه)",
        r"[وف]?(?:جاء|جاءت|يأتي|تأتي|يجيء) (?:هذا|هذه|ذلك|تلك)",
        r"[وف]?(?:ردا على سؤال|على العكس|نتيجة لذلك|بالتالي|بناء عليه|إضافة إلى ذلك)",
    ),
}

LATER = {
    Language.ENGLISH: _starting(
        r"the (?!(?:government|president|prime|ministry|army|united|world|u\.?[ns]|eu|european"
        r"|international|central|pope|king|queen|first|last|latest|biggest|largest|oldest|head"
        r"|leaders?|number|price|death|cost)\b)(?-i:[a-z])\w*",
        r"(?:during|after|before|at|following|in|on|under) (?:the|an?) (?:\w+ )?(?:meeting|talks"
        r"|visit|attack|operation|ceremony|match|game|hearing|trial|summit|session|statement)",
        r"earlier|later|previously|separately|elsewhere|afterwards|eventually|finally|only",
    ),
    Language.RUSSIAN: _starting(
        r"ранее|позже|позднее|впоследствии|наконец|накануне|стороны|собеседники|участники"
        r"|документ|нападавшие|пострадавшие|подозреваемый|соглашение|решение|исследование"
        r"|авторы|делегация|остаток|победитель|проект|компания",
    ),
    Language.ARABIC: _starting(
        r"[وف]?(?:كان|كانت|كانوا|سبق|لاحقا|سابقا|أخيرا)",
        r"[وف]?(?:أضاف|أضافت|أضافوا|تابع|تابعت|أردف|أردفت|استطرد|استطردت|ختم|ختمت|واصل)",
    ),
}

TEASERS = {
    Language.ENGLISH: _starting(
        r"read (?:more|also|next|on)|click|subscribe|sign up|follow us|watch|share this|advert\w*",
        r"related (?:articles?|stories)|see also|photo(?:graph)?s?:|image:|video:|copyright|©",
        r"(?:with )?reporting by|additional reporting|editing by|all rights reserved|listen",
    ),
    Language.RUSSIAN: _starting(
        r"читайте|подписывайтесь|подпишитесь|смотрите|следите|ранее на эту тему|фото:|видео:",
        r"по теме|реклама|источник:|поделиться|нажмите|©",
    ),
    Language.ARABIC: _starting(
        r"(?:اقرأ|اقرأوا|إقرأ|شاهد|تابعونا|اشترك|اشتركوا|انقر|اضغط|للمزيد|المصدر|صورة|فيديو)",
        r"مواضيع ذات صلة|لمزيد من|©",
    ),
}

CONNECTIVES = {
    Language.ENGLISH: re.compile(
        r"(?:however|meanwhile|moreover|furthermore|in addition|additionally|nevertheless"
        r"|nonetheless|also|separately|besides|at the same time|still|by contrast), "
        r"|but (?!for |also |only |then )|and (?!yet |so |then )",
        re.IGNORECASE,
    ),
    Language.RUSSIAN: re.compile(
        r"(?:однако|кроме того|более того|при этом|между тем|тем временем|вместе с тем"
        r"|в то же время|тем не менее|помимо этого|впрочем|к тому же),? "
        r"|(?:также|но) (?!и )",
        re.IGNORECASE,
    ),
    Language.ARABIC: re.compile(
        r"و?(?:في (?:سياق متصل|غضون ذلك|الوقت نفسه|السياق نفسه)|من ناحية أخرى|على صعيد آخر"
        r"|إلى ذلك|علاوة على ذلك|إضافة إلى ذلك)، "
    ),
}
