"""The pages as a browser shows them: headless Chromium, without a network."""

import re
import shutil
import subprocess

import pytest
from PIL import Image

from toolkit.documents.drawing import SOFT
from toolkit.documents.make import make
from toolkit.documents.topology import TINTS

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def browse(tmp_path, *arguments: str) -> str:
    program = str(shutil.which("chromium"))
    own = [f"--user-data-dir={tmp_path / 'profile'}", "--host-resolver-rules=MAP * ~NOTFOUND", "--disable-gpu"]
    # root may not have Chromium's sandbox; what it shows is ours
    command = [program, "--headless", "--no-sandbox", "--hide-scrollbars", *own, *arguments]
    return subprocess.run(command, capture_output=True, timeout=120, check=True, text=True).stdout


@pytest.mark.parametrize(("id_", "language"), [("low-level-design", "fr"), ("operations-runbook", "en")])
def test_a_page_is_drawn_with_its_figure_and_its_gaps(acme, tmp_path, id_, language):
    (made,) = make(acme, only=(id_,), languages=(language,), formats=("html",))
    file = tmp_path / f"{id_}.html"
    file.write_bytes(made.files[f"{id_}.{language}.html"])
    shot = tmp_path / "shot.png"
    browse(tmp_path, "--window-size=1100,9000", f"--screenshot={shot}", file.as_uri())
    with Image.open(shot) as image:
        assert image.size == (1100, 9000)
        colours = {colour for _, colour in image.convert("RGB").getcolors(1 << 24)}
    assert {tuple(bytes.fromhex(TINTS[kind][1:])) for kind in ("tenant", "site", "hub")} <= colours
    assert tuple(bytes.fromhex(SOFT[1:])) in colours

    page = browse(tmp_path, "--dump-dom", file.as_uri())
    assert re.findall(r"<h2[^>]*>([^<]*)</h2>", page) == re.findall(r"<h2[^>]*>([^<]*)</h2>", file.read_text())
    assert page.count('class="gap"') == file.read_text().count('class="gap"') > 0
    ids = set(re.findall(r'\bid="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= ids
    assert not re.findall(r'(?:src|href)="(?!#)', page)
