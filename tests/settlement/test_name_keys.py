"""By which beginnings a name is found, and that others find nothing."""

import pytest

from settlement.name_keys import LONGEST_KEY, folded, keys_of, wanted_keys

FOUND = [
    ("陈秀英", ["陈", "陈秀", "秀英", "chen", "CXY", "xiuying", "chenxiuy", "chen xiu", "ｃｘｙ"]),
    ("单雄信", ["shan", "sxx", "shanxiongxin"]),
    ("欧阳修文", ["ouyang", "oyxw", "修文"]),
    ("吕布", ["lv", "lu", "lü", "lvbu", "lb"]),
    ("José María O’Neil", ["jose", "JOSÉ", "maria jose", "oneil", "o'neil", "neil", "joséma"]),
    ("Łukasz Ångström-Øre", ["lukasz", "angstrom", "ore", "angstrom-o", "ångstromøre"]),
    ("مُحَمَّد الأحمد", ["محمد", "احمد", "أحمد", "الاحمد", "مُحمد"]),
    ("فاطمة یوسفی", ["فاطمه", "يوسفي"]),
    ("Ｍｅｉ　Ｌｉ", ["mei", "li", "mei li", "meili"]),
    ("Straße", ["strasse"]),
    ("प्रिया", ["प्रि"]),
]


def finds(text, name):
    wanted = wanted_keys(text)
    return bool(wanted) and all(any(key.startswith(one) for key in keys_of(name)) for one in wanted)


@pytest.mark.parametrize(("name", "texts"), FOUND)
def test_a_name_is_found_as_people_type_it(name, texts):
    assert [text for text in [name, *texts] if not finds(text, name)] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("陈秀英", "xy"),
        ("陈秀英", "dan"),
        ("单雄信", "danx"),
        ("José", "ose"),
        ("Mei Li", "mei wu"),
        ("Mei", "·"),
        ("Mei", "\ud800"),
    ],
)
def test_another_is_not(name, text):
    assert not finds(text, name)


def test_no_name_makes_a_key_too_long_or_an_empty_one():
    for name in ("英" * 80, "ﷺ" * 80, "a b " * 20, "·", ""):
        assert all(0 < len(key) <= LONGEST_KEY for key in keys_of(name))
    assert finds("英" * 80, "英" * 80)
    assert folded(" Ａ  b ") == "a b"
