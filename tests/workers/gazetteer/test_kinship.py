import pytest

from khabar.languages import Language
from workers.gazetteer.entries import entries
from workers.gazetteer.kinship import kin


def english(name):
    entry = next(entry for entry in entries() if entry.forms[Language.ENGLISH] == name)
    return {other.forms[Language.ENGLISH] for other in kin()[entry]}


@pytest.mark.parametrize(
    ("place", "people"),
    [
        ("Syria", "Syrian"),
        ("Turkey", "Turkish"),
        ("Greece", "Greeks"),
        ("Spain", "Spaniards"),
        ("Netherlands", "Dutch"),
        ("United States", "American"),
        ("United Kingdom", "British"),
        ("Ivory Coast", "Ivorian"),
        ("Germany", "Germans"),
        ("South Korea", "South Korean"),
    ],
)
def test_a_people_goes_with_its_country(place, people):
    assert people in english(place)
    assert place in english(people)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Austria", "Australian"),
        ("Niger", "Nigerian"),
        ("Iran", "Iraqi"),
        ("Slovakia", "Slovenian"),
        ("North Korea", "South Korean"),
        ("Sudan", "South Sudanese"),
    ],
)
def test_and_with_no_other(one, other):
    assert other not in english(one)


def test_every_entry_is_its_own_kin_and_families_are_small():
    families = kin()
    assert all(entry in family for entry, family in families.items())
    assert max(map(len, families.values())) < 16
