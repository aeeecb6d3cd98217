"""Every violation of the schema in a whole inventory, as the streamed check finds them piece by piece."""

from __future__ import annotations

from typing import Any

from toolkit.inventory.finding import Finding
from toolkit.inventory.schema import check_component, check_header, service_of, sound


def schema_findings(value: Any) -> list[Finding]:
    """Those of the header, then those of each component that is not sound."""
    found = check_header(value)
    components = value.get("components") if isinstance(value, dict) else None
    if isinstance(components, list):
        service = service_of(value)
        for index, item in enumerate(components):
            if not sound(item, service):
                found.extend(check_component(item, service, index=index))
    return found
