"""The example's site, and the files that the hub gets for it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import yaml

from toolkit.model.inventory import Inventory
from toolkit.model.profile import ProviderProfile
from toolkit.register.hub import Fragment, fragments
from toolkit.register.rules import TIMINGS

ROOT = Path(__file__).resolve().parents[3]
INVENTORY = msgspec.convert(yaml.safe_load((ROOT / "examples/acme/inventory.yaml").read_text()), Inventory)
PROFILE = msgspec.convert(
    yaml.safe_load((ROOT / "toolkit/catalogue/profiles/paris-1.yaml").read_text()), ProviderProfile
)
GOLDEN = ROOT / "tests/golden/register"


def files(
    inventory: Inventory = INVENTORY,
    *,
    profile: ProviderProfile = PROFILE,
    scale: str = "fast",
    nonce: str = "n0nce",
) -> tuple[Fragment, ...]:
    return fragments(inventory, inventory.sites[0], profile=profile, timing=TIMINGS[scale], nonce=nonce)


def written(made: tuple[Fragment, ...], folder: Path) -> Path:
    for fragment in made:
        path = folder / fragment.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(fragment.content)
    return folder
