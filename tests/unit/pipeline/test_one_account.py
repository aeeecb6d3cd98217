"""What no rehearsal can stand for is refused before anything is compiled or written."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.errors import UsageError
from toolkit.pipeline.rehearsing import RehearseRequest, rehearse
from toolkit.pipeline.workspace import Workspace

ACME = Path(__file__).parents[3] / "examples/acme/inventory.yaml"
SECOND = """\
  - id: acme-test
    environment: production
    support_level: premium
    support_chain: full_france
    management: managed
    subscribed_levels: [os, database]
    platform: {kind: aws, account: "444455556666", region: eu-west-3}
    landing_zone: {state: managed, cidr: 10.21.0.0/16, zones: 2}
sites:
"""


def test_tenants_in_two_accounts_are_refused_first(tmp_path: Path) -> None:
    (tmp_path / "inventory.yaml").write_text(ACME.read_text().replace("sites:\n", SECOND, 1))
    with pytest.raises(UsageError, match="this inventory has 2: 111122223333, 444455556666"):
        rehearse(RehearseRequest(workspace=Workspace(root=tmp_path)), say=lambda _: None)
    assert [path.name for path in tmp_path.iterdir()] == ["inventory.yaml"]
