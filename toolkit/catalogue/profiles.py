"""Provider profiles: the hub's networks, addresses, services and suites, pinned by digest in a plan."""

from __future__ import annotations

from functools import cache

from toolkit.catalogue.data_files import FOLDER, read, typed
from toolkit.errors import UsageError
from toolkit.model.profile import ProviderProfile

_PROFILES = FOLDER / "profiles"


@cache
def profile_ids() -> tuple[str, ...]:
    """The ids of the profiles that this installation carries, sorted."""
    return tuple(sorted(path.stem for path in _PROFILES.glob("*.yaml")))


@cache
def provider_profile(profile: str) -> ProviderProfile:
    """The profile with that id; raises UsageError for an unknown one (the inventory's check comes first)."""
    if profile not in profile_ids():
        raise UsageError(f"no provider profile {profile!r}", fix=f"name one of: {', '.join(profile_ids())}")
    return typed(read(_PROFILES / f"{profile}.yaml"), ProviderProfile, f"profiles/{profile}.yaml")
