from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import yaml

from toolkit.model.inventory import Inventory
from toolkit.model.profile import ProviderProfile
from toolkit.rehearsal.lab.topology import Topology, topology

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def acme() -> Inventory:
    return msgspec.convert(yaml.safe_load((ROOT / "examples/acme/inventory.yaml").read_text()), Inventory)


@pytest.fixture(scope="session")
def paris() -> ProviderProfile:
    text = (ROOT / "toolkit/catalogue/profiles/paris-1.yaml").read_text()
    return msgspec.convert(yaml.safe_load(text), ProviderProfile)


@pytest.fixture(scope="session")
def acme_topology(acme: Inventory, paris: ProviderProfile) -> Topology:
    return topology(acme, paris, "unit")
