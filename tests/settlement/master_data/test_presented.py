"""What people write of cards and codes is read as a reader presents it, or refused with what is wanted."""

from functools import partial

import pytest

from drivers.camera.contents import content_of_bytes
from foundation.words import LANGUAGES, Words
from settlement.lists.row_troubles import RowFault
from settlement.master_data.presented import card_uid, code, id_number, tag, tag_10d, tag_w26, telephone
from sync.contract.pseudonym import Subject, keyed_reference

CITIZEN = "11010519491231002X"
chinese = partial(telephone, region="CN")


@pytest.mark.parametrize(
    "written",
    [
        CITIZEN,
        "110105 19491231 002x",
        "'11010519491231002X",
        "’11010519491231002X",
        "110105-19491231-002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "11010519491231002×",
        "11010519491231002Х",  # Cyrillic
        "11010519491231002Χ",  # Greek
        "11010519491231002Ⅹ",  # the Roman ten
        "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X",
        "\u202d11010519491231002X\u202c",
        "11010519491231002X\u00a0",
    ],
)
def test_an_identity_number_is_read_however_it_is_written(written):
    assert id_number(written) == CITIZEN


def test_a_permit_of_a_foreigner_is_an_identity_number():
    assert id_number("abc 123456789012") == "ABC123456789012"


@pytest.mark.parametrize(
    ("written", "as_read"),
    [
        ("04:a2:b3:c4", "04A2B3C4"),
        ("0x04A2B3C4", "04A2B3C4"),
        ("0X04 A2 B3 C4 D5 E6 80", "04A2B3C4D5E680"),
        ("０４Ａ２Ｂ３Ｃ４", "04A2B3C4"),
        ("04-A2-B3-C4", "04A2B3C4"),
        ("0x04 0xA2 0xB3 0xC4", "04A2B3C4"),
        ("77:77:17:16", "77771716"),
        ("0x77771716", "77771716"),
        ("04771716779980", "04771716779980"),
        ("'04771716779980", "04771716779980"),
        ("08A2B3C4D5E680", "08A2B3C4D5E680"),  # seven bytes are fixed
        ("04A2B3C4D5E6F7A8B9C0", "04A2B3C4D5E6F7A8B9C0"),
    ],
)
def test_a_uid_is_read_however_it_is_written(written, as_read):
    assert card_uid(written) == as_read


@pytest.mark.parametrize(
    "written",
    [
        "13800138000",
        "013800138000",
        "+86 (0) 138 0013 8000",
        "13800138000.0",
        "\u202a13800138000\u202c",
        "'13800138000",
        "138\t0013\u202f8000",
    ],
)
def test_a_telephone_is_read_however_it_is_written(written):
    assert chinese(written) == "+8613800138000"


@pytest.mark.parametrize("written", ["0A00ABCDEF", "0a:00:ab:cd:ef", "0A 00 AB CD EF"])
def test_a_tag_is_read_however_it_is_written(written):
    assert tag(written) == "0A00ABCDEF"


def test_a_tag_of_decimal_digits_alone_is_taken_where_its_bytes_stand_apart():
    assert tag("00:11:25:93:75") == "0011259375"


@pytest.mark.parametrize(
    ("written", "as_read"),
    [
        ("00412", "00412"),
        ("'00412", "00412"),
        ("lib-00412", "lib-00412"),
        ("ＬＩＢ－００４１２", "LIB-00412"),
        ("LIB-00412\u200b", "LIB-00412"),
        ("\u00a0LIB-00412\u00a0", "LIB-00412"),
        ("LIB 00412", "LIB 00412"),
        ("https://lib.example/m/00412", "https://lib.example/m/00412"),
    ],
)
def test_a_code_is_what_a_scanner_sends(written, as_read):
    assert code(written) == as_read


@pytest.mark.parametrize(
    ("read", "written", "why", "told"),
    [
        (id_number, "11010519491231002", "card_shape", {"length": 17}),
        (id_number, "110105194912310021", "check_digit", {}),
        (id_number, "11010519491231003X", "check_digit", {}),
        (id_number, "110105194912310O2X", "card_character", {"character": "O", "place": 16}),
        (id_number, "l10105 19491231 002X", "card_character", {"character": "l", "place": 1}),
        (id_number, "1101051949X231002X", "card_character", {"character": "X", "place": 11}),
        (id_number, "ID 11010519491231002X", "card_shape", {"length": 20}),
        (id_number, "1101051949123100/2X", "card_character", {"character": "/", "place": 17}),
        (id_number, "130503670401001", "card_shape", {"length": 15}),  # of before 1999: no reader gives it
        (card_uid, "4A2B3C4", "card_shape", {"length": 7}),
        (card_uid, "0077771716", "card_shape", {"length": 10}),
        (card_uid, "O4A2B3C4", "card_character", {"character": "O", "place": 1}),
        (card_uid, "04:A2:B3:CG", "card_character", {"character": "G", "place": 11}),
        (card_uid, "04A2\x00B3C4", "card_character", {"character": "U+0000", "place": 5}),
        (card_uid, "04X2B3C4", "card_character", {"character": "X", "place": 3}),
        (card_uid, "0x04A2B3CX", "card_character", {"character": "X", "place": 10}),
        (card_uid, "77771716", "decimal_uid", {}),  # 0x04A2B3C4, and a spreadsheet took the zeros
        (card_uid, "77 771 716", "decimal_uid", {}),
        (card_uid, "1234567.0", "decimal_uid", {}),
        (card_uid, "'77771716", "decimal_uid", {}),
        (card_uid, "08A2B3C4", "random_uid", {}),
        (tag, "0011259375", "printed_number", {}),
        (tag, "００１１２５９３７５", "printed_number", {}),
        (tag, "'0011259375", "printed_number", {}),
        (tag, "\u202d0011259375\u202c", "printed_number", {}),
        (tag, "11.259.375", "printed_number", {}),
        (tag, "11’259’375", "printed_number", {}),
        (tag, "11 259 375", "printed_number", {}),
        (tag, "123456789.0", "printed_number", {}),
        (tag, "171 52719", "printed_number", {}),
        (tag, "0A00ABCDEX", "card_character", {"character": "X", "place": 10}),
        (tag, "171,52719", "card_character", {"character": ",", "place": 4}),
        (tag, "0A00ABCDE", "card_shape", {"length": 9}),
        (tag, "12345678", "printed_number", {}),
        (tag_10d, "0A00ABCDEF", "card_character", {"character": "A", "place": 2}),
        (tag_10d, "4294967296", "card_shape", {"length": 10}),
        (tag_10d, "412", "card_shape", {"length": 3}),
        (tag_10d, "0011259375 171,52720", "other_pair", {}),
        (tag_10d, "11 259 375", "card_shape", {"length": 10}),
        (tag_10d, "'0O11259375", "card_character", {"character": "O", "place": 3}),
        (tag_w26, "171.2192", "card_shape", {"length": 8}),  # or 171,21920
        (tag_w26, "171,22", "card_shape", {"length": 6}),
        (tag_w26, "256,52719", "card_shape", {"length": 9}),
        (tag_w26, "171,65536", "card_shape", {"length": 9}),
        (tag_w26, "171;52719", "card_character", {"character": ";", "place": 4}),
        (tag_w26, "0011259375", "card_shape", {"length": 10}),
        (code, "412", "card_shape", {"length": 3}),
        (code, "L" * 65, "card_shape", {"length": 65}),
        (code, "LIB-梅-1", "card_character", {"character": "梅 (U+6885)", "place": 5}),
        (code, "LIB\n00412", "card_character", {"character": "U+000A", "place": 4}),
        (code, "LIB№00412", "card_character", {"character": "№ (U+2116)", "place": 4}),
        (code, "\u200eLIB…412", "card_character", {"character": "… (U+2026)", "place": 5}),
        (code, "4006381333931.0", "number_for_code", {}),
        (code, "4,006,381,333,931", "number_for_code", {}),
        (chinese, "852-51234567", "no_telephone", {"digits": 11}),
        (chinese, "0755-82882828", "no_telephone", {"digits": 12}),
        (chinese, "1380013800", "no_telephone", {"digits": 10, "region": "CN"}),
        (chinese, "0501234567", "no_telephone", {"digits": 10, "region": "CN"}),
        (chinese, "13800138000 / 13900139000", "no_telephone", {"digits": 22}),
        (chinese, "13800138000、13900139000", "card_character", {"character": "、 (U+3001)", "place": 12}),
        (chinese, "13800138000 ext 5", "card_character", {"character": "e", "place": 13}),
        (chinese, "13800138000 母亲", "card_character", {"character": "母 (U+6BCD)", "place": 13}),
        (chinese, "none", "card_character", {"character": "n", "place": 1}),
    ],
)
def test_what_no_reader_gives_is_refused_with_the_place_and_what_is_wanted(read, written, why, told):
    with pytest.raises(RowFault) as refused:
        read(written)
    assert refused.value.why.code == why
    assert {name: refused.value.why.arguments[name] for name in told} == told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_never_repeats_the_number(language):
    for read, written in (
        (id_number, "110105194912310021"),
        (card_uid, "04A2B3C"),
        (tag, "0011259375"),
        (chinese, "1380013800"),
    ):
        with pytest.raises(RowFault) as refused:
            read(written)
        assert written not in Words(language).what(refused.value.why)


@pytest.mark.parametrize(
    "written",
    [
        "0011259375",
        "11259375",
        "００１１２５９３７５",
        " 0011259375 ",
        "0011259375 171,52719",
        "'0011259375",
        "0011259375\n171,52719",
    ],
)
def test_the_number_that_is_printed_on_a_tag_is_the_tag(written):
    assert tag_10d(written) == "00ABCDEF"


@pytest.mark.parametrize(
    "written", ["171,52719", "17152719", "171 52719", "171，52719", "171-52719", "'171,52719"]
)
def test_facility_and_code_are_the_tag(written):
    assert tag_w26(written) == "00ABCDEF"


@pytest.mark.parametrize("payload", ["志愿者图书馆".encode("gbk"), bytes(range(128, 228))])
def test_bytes_that_declare_no_text_are_taken_as_the_camera_writes_them(payload):
    """The key of a card is the same at a terminal and in a list."""
    at_the_camera = content_of_bytes(payload).text
    assert code(at_the_camera) == at_the_camera
    in_a_list, at_a_terminal = (
        keyed_reference(bytes(32), Subject.CODE, text) for text in (at_the_camera.lower(), at_the_camera)
    )
    assert in_a_list == at_a_terminal
