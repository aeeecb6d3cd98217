"""Mounts below a folder are found and taken away, whatever characters are in their names."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from toolkit.rehearsal.lab.mounts import mount_points, unmount_below

pytestmark = pytest.mark.lab


@pytest.mark.parametrize("name", ["plain", "a b", "tab\tand\\040"])
def test_what_is_mounted_below_a_folder_goes_and_nothing_beside_it(tmp_path: Path, name: str) -> None:
    below, beside = tmp_path / name, tmp_path / f"{name}-2"
    places = [below / "one", below / "one/deeper", beside]
    for place in places:
        place.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "onboard-test", str(place)], check=True)
    try:
        assert {str(place) for place in places} <= set(mount_points())
        unmount_below(below)
        assert {str(place) for place in places} & set(mount_points()) == {str(beside)}
    finally:
        unmount_below(tmp_path)
    assert not [point for point in mount_points() if point.startswith(str(tmp_path))]
