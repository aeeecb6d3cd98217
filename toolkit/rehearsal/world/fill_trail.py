"""moto's CloudTrail gap: a second trail of the same name replaces the first, a deletion by ARN does nothing."""

from __future__ import annotations

from typing import Any


def fill() -> None:
    """Extend moto's CloudTrail backend in this process."""
    from moto.cloudtrail.models import CloudTrailBackend
    from moto.core.exceptions import JsonRESTError

    create_in_moto = CloudTrailBackend.create_trail

    def create_trail(backend: Any, name: str, *arguments: Any, **named: Any) -> Any:
        if name in backend.trails:
            raise JsonRESTError("TrailAlreadyExistsException", f"Trail {name} already exists")
        return create_in_moto(backend, name, *arguments, **named)

    def delete_trail(backend: Any, name: str) -> None:
        del backend.trails[backend.get_trail(name).trail_name]

    CloudTrailBackend.create_trail = create_trail
    CloudTrailBackend.delete_trail = delete_trail
