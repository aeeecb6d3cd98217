"""Which workspace a path means, and that no other inventory than the named one is read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from toolkit.errors import UsageError
from toolkit.inventory import check, load
from toolkit.pipeline.planning import prepare
from toolkit.pipeline.workspace import Workspace, find

ROOT = Path(__file__).resolve().parents[3]
FULL = ROOT / "tests/examples/valid/full.yaml"
PIECES = ROOT / "tests/examples/valid/pieces/inventory"
SETTINGS = "ssh_key: ~/.ssh/id_ed25519\n"


def whole(folder: Path, name: str = "inventory.yaml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(FULL, folder / name)
    return folder / name


def in_pieces(folder: Path) -> Path:
    shutil.copytree(PIECES, folder / "inventory")
    return folder / "inventory"


@pytest.mark.parametrize("name", ["inventory.yaml", "inventory.yml"])
def test_a_folder_or_its_inventory_file_is_the_workspace(tmp_path: Path, name: str) -> None:
    file = whole(tmp_path / "one", name)
    assert find(file).root == find(file.parent).root == tmp_path / "one"
    assert prepare(find(file)).inventory == load(file)


@pytest.mark.parametrize("beside", [True, False])
def test_a_file_that_is_not_the_inventory_is_refused(tmp_path: Path, beside: bool) -> None:
    named = whole(tmp_path / "two", "new.yaml")
    if beside:
        whole(tmp_path / "two")
    with pytest.raises(UsageError, match=r"new\.yaml is not the inventory") as refused:
        find(named)
    assert "inventory.yaml" in refused.value.fix


def test_pieces_and_their_folder_mean_the_workspace_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = in_pieces(tmp_path / "ws")
    (folder / "onboard.yaml").write_text(SETTINGS)
    for path in (tmp_path / "ws", folder, folder / "1-customer.yaml", folder / "4-more.json"):
        assert find(path).root == tmp_path / "ws"
    assert prepare(find(folder)).inventory == load(FULL)
    monkeypatch.chdir(folder)
    assert find(Path()).root == tmp_path / "ws"
    assert check([Path()]).files == 4
    for odd in ("onboard.yaml", ".hidden.yaml", "notes.txt"):
        (folder / odd).write_text(SETTINGS)
        with pytest.raises(UsageError, match="is not the inventory"):
            find(folder / odd)


@pytest.mark.parametrize("pieces", [True, False])
def test_a_workspace_may_be_called_inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, pieces: bool) -> None:
    root = tmp_path / "inventory"
    root.mkdir()
    named = in_pieces(root) if pieces else whole(root)
    (root / "onboard.yaml").write_text(SETTINGS)
    assert find(root).root == find(named).root == root
    assert load(root) == prepare(find(root)).inventory == load(FULL)
    assert find(root).settings().ssh_key is not None
    monkeypatch.chdir(root)
    assert find(Path()).root == root
    assert load(Path()) == load(FULL)


def test_a_folder_that_could_be_pieces_or_a_workspace_is_refused(tmp_path: Path) -> None:
    whole(tmp_path / "inventory")
    with pytest.raises(UsageError, match="a workspace of its own") as refused:
        load(tmp_path)
    assert refused.value.fix


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    for path in (tmp_path / "gone", tmp_path / "loop.yaml", tmp_path / ("x" * 5000)):
        with pytest.raises(UsageError) as refused:
            find(path)
        assert refused.value.fix


def test_a_folder_needs_no_inventory(tmp_path: Path) -> None:
    assert find(tmp_path).root == tmp_path


@pytest.mark.parametrize("written", ["[" * 100_000, f"state: a\n{'state: b'}\n", "\x00", "state: [", "odd: 1\n"])
def test_faulty_settings_are_refused_with_their_file(tmp_path, written) -> None:
    (tmp_path / "onboard.yaml").write_text(written)
    with pytest.raises(UsageError, match=r"onboard\.yaml"):
        Workspace(root=tmp_path).settings()
