"""Words that stand in every text, and so tell nothing about what a sentence says."""

from functools import cache

from khabar.languages import Language
from workers.text.words import terms

_WORDS = {
    Language.ENGLISH: (
        "the a an in of and to on for that from by at with had have has is was will be are were "
        "been it who as after their his one its than up not he would since which before out her "
        "them last when but over more under they no she about into off only now may until this "
        "these those said told says say also or if so while there can could should i we you him "
        "all any some what where how during against between among around"
    ),
    Language.RUSSIAN: (
        "в во на и с со из за не по что до который а от к ко после у для о об его под он как но "
        "когда чтобы чем через она это их ее она около более больше без где перед при еще лишь все "
        "если уже я мы бы же ли то так этот того том тем был была было были будет будут сказал "
        "сообщил заявил между над этого также или они им ей ему свой только"
    ),
    Language.ARABIC: (
        "في من على إلى أن أحد كان كانت عن قد يوم بعد لا التي ما قبل قال قالت كل نحو منذ لم الذي "
        "الذين مع أي هذا هذه بين وهو وهي هو هي حتى ذلك تلك بأن خلال عند غير أكثر عبر إن أنه أنها "
        "دون حين ولم وقد تحت أمام ولا وفي لكن ومن إذا ثم عام فيما بينما كما أو يكون لن ليس هناك"
    ),
}


@cache
def function_words(language: Language) -> frozenset[str]:
    """Return the terms of a language that carry no meaning of their own."""
    return frozenset(terms(_WORDS[language], language))
