import json

import cv2
import numpy as np
import pytest
import segno
from click.testing import CliRunner

from drivers.camera.verify import (
    OURS,
    Outcome,
    available_decoders,
    compare,
    load,
    main,
    main_of_stream,
    of_decoder,
    ratio,
)
from foundation.errors import SettingsError
from muster.console import main as console


def save_code(path, payload):
    modules = np.array([list(row) for row in segno.make_qr(payload).matrix], dtype=np.uint8)
    picture = np.where(np.kron(np.pad(modules, 4), np.ones((6, 6))) > 0, 20, 235).astype(np.uint8)
    cv2.imwrite(str(path), picture)


@pytest.fixture
def folder(tmp_path):
    save_code(tmp_path / "badge.png", "MB1:ONE")
    save_code(tmp_path / "poster.png", "HTTP://EXAMPLE.ORG/")
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((200, 200), 120, np.uint8))
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((200, 200), 120, np.uint8))
    return tmp_path


def write_manifest(folder, rows):
    lines = [
        f'{file},{category},"{json.dumps(texts).replace(chr(34), chr(34) * 2)}"'
        for file, category, texts in rows
    ]
    (folder / "manifest.csv").write_text("\n".join(["file,category,expected", *lines]), encoding="utf-8")


def test_it_tells_right_from_unread_and_empty(folder):
    write_manifest(
        folder,
        [("badge.png", "badges", ["MB1:ONE"]), ("wall.png", "walls", []), ("blank.png", "walls", ["LOST"])],
    )
    done = CliRunner().invoke(console, ("qr", "verify", str(folder)))
    assert done.exit_code == 0
    printed = done.stdout.splitlines()
    assert printed[-1].startswith("1 of 2 photographs read, 0 wrong, at ")
    assert printed[-1].endswith(" times the CPU time of zxing-cpp alone.")
    assert [line.split()[:5] for line in printed if line.startswith("muster")] == [
        ["muster", "1", "0", "1", "50.0"]
    ]
    assert {"badges", "walls"} <= {line.split()[0] for line in printed if line}
    assert {"pyzbar alone", "OpenCV alone", "zxing-cpp alone"} <= {line[:18].strip() for line in printed}


def test_a_wrong_text_fails_the_command(folder, capsys):
    write_manifest(folder, [("poster.png", "posters", ["MB1:ONE"]), ("badge.png", "badges", [])])
    assert main(folder) == 1
    assert "0 of 1 photographs read, 2 wrong" in capsys.readouterr().out


def test_every_decoder_sees_every_photograph(folder):
    write_manifest(folder, [("badge.png", "badges", ["MB1:ONE"]), ("wall.png", "walls", [])])
    decoders = available_decoders()
    results = compare(load(folder), decoders)
    assert [result.decoder for result in results] == [*decoders, *decoders]
    assert [result.outcome for result in of_decoder(results, OURS)] == [Outcome.RIGHT, Outcome.EMPTY]
    assert ratio(results, OURS) > 0


def test_pictures_are_taken_at_1280_pixels(folder):
    cv2.imwrite(str(folder / "large.png"), np.full((100, 2560), 120, np.uint8))
    write_manifest(folder, [("large.png", "walls", [])])
    assert [photograph.grey.shape for photograph in load(folder)] == [(50, 1280)]


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        (None, "can't be read"),
        ("file,category,expected\n", "lists no photograph"),
        ("file,category\nbadge.png,badges\n", "Line 2"),
        ("file,category,expected\nbadge.png,badges,MB1:ONE\n", "Line 2"),
        ('file,category,expected\nbadge.png,badges,"{}"\n', "Line 2"),
        ("file,category,expected\nbadge.png\n", "Line 2"),
        ("file,category,expected\nnone.png,badges,[]\n", "missing or no picture"),
        ("file,category,expected\nmanifest.csv,badges,[]\n", "missing or no picture"),
    ],
)
def test_a_wrong_manifest_is_explained(folder, manifest, says):
    if manifest is not None:
        (folder / "manifest.csv").write_text(manifest, encoding="utf-8")
    with pytest.raises(SettingsError, match=says):
        main(folder)


def test_it_names_what_is_wrong_and_what_is_unread(folder, capsys):
    write_manifest(
        folder,
        [
            ("poster.png", "posters", ["MB1:ONE"]),
            ("badge.png", "badges", ["MB1:ONE"]),
            ("blank.png", "walls", ["LOST"]),
        ],
    )
    assert main(folder) == 1
    printed = capsys.readouterr().out.splitlines()
    assert 'wrong: poster.png: read ["HTTP://EXAMPLE.ORG/"], expected ["MB1:ONE"]' in printed
    assert 'unread: blank.png: read [], expected ["LOST"]' in printed
    assert not any("badge.png" in line for line in printed)


@pytest.mark.parametrize(("read", "outcome"), [("签到", Outcome.RIGHT), ("签退", Outcome.WRONG)])
def test_undeclared_bytes_are_right_where_they_are_the_text(folder, read, outcome):
    save_code(folder / "gbk.png", read.encode("gbk"))
    write_manifest(folder, [("gbk.png", "libraries", ["签到"])])
    (result,) = of_decoder(compare(load(folder), available_decoders()), OURS)
    assert result.outcome is outcome


def test_a_photograph_can_be_given_as_a_stream(folder, capsys):
    write_manifest(folder, [("badge.png", "badges", ["MB1:ONE"]), ("blank.png", "walls", ["LOST"])])
    assert main_of_stream(folder) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[:5] == [f"read by picture {number:2}:  50.0 %" for number in (1, 2, 4, 8, 10)]
    assert 'unread: blank.png: read [], expected ["LOST"]' in printed
    assert printed[-1] == "1 of 2 photographs read within 10 pictures, 0 wrong."
    write_manifest(folder, [("poster.png", "posters", ["MB1:ONE"])])
    assert main_of_stream(folder) == 1


def test_libraries_print_nothing_between_the_lines(folder, capfd):
    """OpenCV warns of codes that declare an encoding."""
    modules = segno.make_qr("志愿者", encoding="gb18030", eci=True).matrix
    picture = np.kron(np.pad(np.array([list(row) for row in modules], np.uint8), 4), np.ones((6, 6)))
    cv2.imwrite(str(folder / "eci.png"), np.where(picture > 0, 20, 235).astype(np.uint8))
    write_manifest(folder, [("eci.png", "libraries", ["志愿者"])])
    main(folder)
    printed = capfd.readouterr()
    assert "WARN" not in printed.out + printed.err
