"""moto's CloudTrail gaps: a second trail of the same name replaces the first, a deletion by ARN does nothing.

A new trail has no event selector there; AWS gives it one, of all management events.
"""

from __future__ import annotations

from typing import Any

from toolkit.rehearsal.world.extend import extend, method_of

_SELECTOR = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}


def fill() -> None:
    """Extend moto's CloudTrail backend in this process."""
    from moto.cloudtrail.models import CloudTrailBackend
    from moto.core.exceptions import JsonRESTError

    create_in_moto = method_of(CloudTrailBackend, "create_trail")

    def create_trail(backend: Any, name: str, *arguments: Any, **named: Any) -> Any:
        if name in backend.trails:
            raise JsonRESTError("TrailAlreadyExistsException", f"Trail {name} already exists")
        trail = create_in_moto(backend, name, *arguments, **named)
        trail.put_event_selectors([dict(_SELECTOR)], [])
        return trail

    def delete_trail(backend: Any, name: str) -> None:
        del backend.trails[backend.get_trail(name).trail_name]

    extend(CloudTrailBackend, create_trail, delete_trail)
