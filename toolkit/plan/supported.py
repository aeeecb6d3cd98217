"""What an inventory may say and this version cannot yet do: refused before a plan is made, not in the middle of a run."""

from __future__ import annotations

from toolkit.errors import PlanRefused
from toolkit.model.inventory import Inventory


def check_supported(inventory: Inventory) -> None:
    """PlanRefused (5), naming each site whose links this version cannot set up.

    A gateway with userspace ESP needs an address of its own in each network that it joins; ours has one.
    """
    linked = {end for link in inventory.links for end in link.ends}
    wide = [site.id for site in inventory.sites if f"site/{site.id}" in linked and len(site.networks) > 1]
    if wide:
        raise PlanRefused(
            f"sites with links and several networks are not set up by this version: {', '.join(sorted(wide))}",
            fix="name one network that holds the others, if their addresses allow it",
        )
