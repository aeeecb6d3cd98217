"""A whole made-up service that breaks no rule, to be broken in one place by a test."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

SERVICE: dict[str, Any] = {
    "schema": "onboarding/service/v1",
    "id": "star-watch",
    "description": "SD-6",
    "title": {"en": "Star watch", "fr": "Veille des étoiles"},
    "summary": {"en": "Telescopes, watched.", "fr": "Télescopes surveillés."},
    "source": "SD-6 §6",
    "parties": {"provider": {"en": "provider", "fr": "fournisseur"}, "customer": {"en": "customer", "fr": "client"}},
    "inventory": {"sections": ["subscription", "prerequisites"], "required": ["subscription"]},
    "options": [{"id": "night", "title": {"en": "Night", "fr": "Nuit"}, "source": "SD-6 §6", "only_with": ["gold"]}],
    "tiers": [
        {"id": "silver", "title": {"en": "Silver", "fr": "Argent"}, "source": "SD-6 §6"},
        {"id": "gold", "title": {"en": "Gold", "fr": "Or"}, "source": "SD-6 §6", "includes": ["silver"]},
    ],
    "environments": [{"id": "dome", "title": {"en": "Dome", "fr": "Dôme"}, "source": "SD-6 §6"}],
    "windows": [
        {"id": "always", "title": {"en": "all day", "fr": "toujours"}, "source": "SD-6 §6", "always": True},
        {
            "id": "nights",
            "title": {"en": "nights", "fr": "nuits"},
            "source": "SD-6 §6",
            "days": ["mon", "tue"],
            "from": "18:00",
            "to": "24:00",
        },
    ],
    "hours": [
        {
            "activity": "operation",
            "window": "nights",
            "source": "SD-6 §6",
            "environments": ["dome"],
            "priorities": ["P1"],
        }
    ],
    "priorities": [
        {"id": "P1", "title": {"en": "Dark", "fr": "Noir"}, "source": "SD-6 §6"},
        {"id": "P2", "title": {"en": "Dim", "fr": "Sombre"}, "source": "SD-6 §6"},
    ],
    "priority_matrix": {
        "source": "SD-6 §6",
        "urgencies": {"now": {"en": "now", "fr": "maintenant"}, "later": {"en": "later", "fr": "plus tard"}},
        "impacts": {"many": {"en": "many", "fr": "beaucoup"}, "few": {"en": "few", "fr": "peu"}},
        "above": {"many": "1/2"},
        "at_least": {"few": "0"},
        "cells": {"now": {"many": "P1", "few": "P2"}, "later": {"many": "P2", "few": "P2"}},
    },
    "levels": {
        "functions": [
            {"id": "optics", "title": {"en": "Optics", "fr": "Optique"}, "source": "SD-6 §6", "units": "each"}
        ],
        "availability": {
            "source": "SD-6 §6",
            "guarantees": [
                {"percent": "97", "levels": ["silver"]},
                {"percent": "99.25", "levels": ["gold"], "functions": ["optics"]},
            ],
            "scale": [
                {"above": "0", "up_to": "1", "percent": "2"},
                {"above": "1", "up_to": "2.5", "percent": "4"},
                {"above": "2.5", "up_to": None, "percent": "8"},
            ],
        },
        "restore": {
            "source": "SD-6 §6",
            "met_percent": "90",
            "at_least": 3,
            "targets": [{"of": "P1", "level": "gold", "hours": 7, "window": "always"}],
            "scale": [{"above": "10", "up_to": None, "percent": "3"}],
        },
        "change": {
            "source": "SD-6 §6",
            "late_percent": "40",
            "targets": [{"of": "simple", "level": "gold", "business_days": 2}],
        },
        "response": {"source": "SD-6 §6", "targets": [{"of": "P2", "level": "gold", "minutes": 20, "below": True}]},
        "monthly_cap_percent": "12",
        "cap_source": "SD-6 §6",
    },
    "changes": {
        "source": "SD-6 §6",
        "token_minutes": 25,
        "simple_tokens": 1,
        "out_of_hours_factor": 3,
        "accelerated_factor": 2,
        "accelerated_per_year": 11,
    },
    "prerequisites": [
        {
            "id": "clear-sky",
            "title": {"en": "Clear sky", "fr": "Ciel dégagé"},
            "source": "SD-6 §6",
            "owner": "customer",
            "stage": "first-light",
            "tiers": ["gold"],
        }
    ],
    "deliverables": [
        {
            "id": "sky-map",
            "title": {"en": "Sky map", "fr": "Carte du ciel"},
            "source": "SD-6 §6",
            "owner": "provider",
            "reviewer": "customer",
            "stage": "first-light",
            "document": "low-level-design",
            "due": {"after": "stage-start", "days": 9, "source": "SD-6 §6"},
            "tiers": ["gold"],
            "options": ["night"],
        }
    ],
    "stages": [
        {
            "id": "first-light",
            "title": {"en": "First light", "fr": "Première lumière"},
            "source": "SD-6 §6",
            "owner": "provider",
            "effects": ["verify"],
            "entry": [
                {
                    "id": "sky",
                    "kind": "prerequisites",
                    "text": {"en": "The sky is clear.", "fr": "Le ciel est dégagé."},
                    "source": "SD-6 §6",
                    "of": ["first-light"],
                }
            ],
            "exit": [
                {
                    "id": "seen",
                    "kind": "steps",
                    "text": {"en": "It was seen.", "fr": "C'est vu."},
                    "source": "SD-6 §6",
                    "of": ["verify"],
                },
                {
                    "id": "sworn",
                    "kind": "attested",
                    "text": {"en": "Somebody swears.", "fr": "Quelqu'un le jure."},
                    "source": "SD-6 §6",
                },
            ],
        }
    ],
    "limits": [
        {
            "id": "aperture",
            "title": {"en": "Aperture", "fr": "Ouverture"},
            "source": "SD-6 §6",
            "value": "13",
            "unit": "cm",
            "bound": "at least",
        },
        {"id": "domes", "title": {"en": "Domes", "fr": "Dômes"}, "source": "SD-6 §6", "value": "17"},
    ],
    "tables": [
        {
            "id": "optics",
            "title": {"en": "Optics", "fr": "Optique"},
            "source": "SD-6 §6",
            "columns": {"what": {"en": "what", "fr": "quoi"}, "size": {"en": "size", "fr": "taille"}},
            "rows": [
                {
                    "id": "mirror",
                    "cells": {"what": {"en": "mirror", "fr": "miroir"}, "size": {"figure": "limits/aperture"}},
                },
                {"id": "lens", "cells": {"what": {"en": "lens", "fr": "lentille"}}},
            ],
        }
    ],
}


def made(*changes: tuple[str, Any]) -> dict[str, Any]:
    """The service with the value at each JSON pointer replaced; ``...`` takes it away, a last step ``+`` appends."""
    service = copy.deepcopy(SERVICE)
    for way, value in changes:
        *above, last = way.removeprefix("/").split("/")
        parent: Any = service
        for step in above:
            parent = parent[int(step)] if isinstance(parent, list) else parent[step]
        if last == "+":
            parent.append(value)
        elif value is ...:
            del parent[int(last) if isinstance(parent, list) else last]
        else:
            parent[int(last) if isinstance(parent, list) else last] = value
    return service


def lay(folder: Path, service: dict[str, Any], name: str | None = None) -> Path:
    """Writes a service into its folder below ``folder``, one field a line; gives the file."""
    path = folder / (name or str(service["id"])) / "service.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(service, ensure_ascii=False, indent=1), encoding="utf-8")
    return path
