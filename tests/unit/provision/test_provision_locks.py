"""What a killed engine leaves beside its checkpoints."""

from __future__ import annotations

from pathlib import Path

from toolkit.provision.locks import drop_torn_sidecars


def test_torn_sidecars_go_and_whole_ones_stay(tmp_path: Path) -> None:
    stacks = tmp_path / ".pulumi/stacks/onboarding-network"
    stacks.mkdir(parents=True)
    (stacks / "a.json.attrs").write_text("")
    (stacks / "b.json.attrs").write_text('{"user.cache_control"')
    (stacks / "c.json.attrs").write_text("{}")
    (stacks / "a.json").write_text("")
    assert drop_torn_sidecars(tmp_path, project="onboarding-network") == 2
    assert sorted(path.name for path in stacks.iterdir()) == ["a.json", "c.json.attrs"]
