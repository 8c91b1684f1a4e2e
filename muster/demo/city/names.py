"""Made-up names in Chinese, Arabic and Latin script: the same ones in every demo, and no two alike."""

from msgspec import Struct

_CHINESE = (
    "林陈黄张李王吴刘蔡杨许郑谢郭洪曾邱廖赖周叶苏庄吕江何萧罗高潘简朱钟彭游詹胡施沈余",
    ("晓岚", "志强", "雅婷", "建华", "思远", "雨桐", "国栋", "海燕", "子涵", "丽娟", "文博", "佳怡", "俊杰",
     "秀英", "浩然", "静怡", "明哲", "欣妍", "永康", "春兰", "一诺", "若溪"),
)  # fmt: skip
_ARABIC = (
    ("عادل", "فاطمة", "يوسف", "مريم", "خالد", "ليلى", "عمر", "زينب", "سامر", "هدى", "طارق", "نور", "بلال",
     "سلمى", "رامي", "دينا", "وليد", "رنا", "كريم", "أمل"),
    ("الحربي", "حداد", "منصور", "الشامي", "درويش", "القاسم", "نصار", "البغدادي", "صالح", "العلي", "خليل",
     "الزهراني", "مراد"),
)  # fmt: skip
_LATIN = (
    ("Sanna", "Tomás", "Ingrid", "Kwame", "Lucía", "Milan", "Aisha", "Pietro", "Hana", "Oskar", "Noor",
     "Élodie", "Arjun", "Marta", "Søren", "Yara", "Bruno", "Ilse", "Dario", "Mai"),
    ("Novak", "Olmedo", "Lindqvist", "Mensah", "Kovář", "Silva", "Bianchi", "Nakamura", "Dąbrowska", "Okafor",
     "Pereira", "Haugen", "Rahman"),
)  # fmt: skip


class MadeUp(Struct, frozen=True):
    """A name, and the language in which its bearer would be greeted."""

    name: str
    language: str


def made_up(place: int) -> MadeUp:
    """The name at a place, from 0: every other one is Chinese, the others take turns."""
    turn, script = divmod(place, 4)
    if script % 2 == 0:
        given, family = _pair(turn * 2 + script // 2, len(_CHINESE[1]), len(_CHINESE[0]))
        return MadeUp(_CHINESE[0][family] + _CHINESE[1][given], "zh-Hans")
    given_names, family_names = _ARABIC if script == 1 else _LATIN
    given, family = _pair(turn, len(given_names), len(family_names))
    return MadeUp(f"{given_names[given]} {family_names[family]}", "ar" if script == 1 else "")


def _pair(number: int, first: int, second: int) -> tuple[int, int]:
    """The number-th of all pairs, neighbours differing in both; each pair comes once in first × second."""
    if not 0 <= number < first * second:
        raise ValueError(f"There are {first * second} such names.")
    in_first, rounds = number % first, number // first
    return in_first, (in_first * 3 + rounds) % second
