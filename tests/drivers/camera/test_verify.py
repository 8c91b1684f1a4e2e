import json

import cv2
import numpy as np
import pytest
import segno

from drivers.camera.verify import OURS, Outcome, available_decoders, compare, load, main, of_decoder, ratio
from foundation.errors import SettingsError


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


def test_it_tells_right_from_unread_and_empty(folder, capsys):
    write_manifest(
        folder,
        [("badge.png", "badges", ["MB1:ONE"]), ("wall.png", "walls", []), ("blank.png", "walls", ["LOST"])],
    )
    assert main(folder) == 0
    printed = capsys.readouterr().out.splitlines()
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
