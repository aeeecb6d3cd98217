"""Decisions as the JSON object that ``onboard decide`` prints."""

from __future__ import annotations

from typing import Any

from toolkit.canonical import plain
from toolkit.model.decision import Decision


def decisions_json(decisions: tuple[Decision, ...]) -> dict[str, Any]:
    """``onboarding/decisions/v1``: every decision with its rule, facts, reasons and the nearest rule that lost.

    ``effort`` is absent: it is the provider's data, of which this version has none.
    """
    return {"schema": "onboarding/decisions/v1", "decisions": [plain(decision) for decision in decisions]}
