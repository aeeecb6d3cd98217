"""What the catalogue and the event offer at the cursor."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.editor.completion import choices
from toolkit.editor.cursor import hole_at

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.mark.parametrize(
    ("workspace", "sound", "typed", "offered", "other"),
    [
        ("support-desk", "  tier: premium", "  tier: ↑", {"basic", "enhanced", "premium"}, {"night"}),
        ("support-desk", "  trained-help-desk: {reference: TRN-4, date: 2026-12-15}", "  tr↑", {"trained-help-desk"}, {"main-contact"}),
        ("meetings", "products: [meeting-centres,", "products: [↑,", {"meeting-centres", "messaging-messenger"}, {"team-collaboration"}),
        ("telephony", "  options: [third-party-components, itsm-link]", "  options: [itsm-link, ↑]", {"service-requests"}, {"itsm-link"}),
        ("summit", "speakers: [sofia-costa]", "speakers: [↑]", {"sofia-costa", "yuki-mori"}, {"ouverture"}),
        ("summit", "streaming: vendor", "streaming: ↑", {"vendor", "customer"}, set()),
        ("summit", "  team:", "  te↑:", {"team"}, {"days"}),
    ],
)  # fmt: skip
def test_words_of_the_catalogue(workspace: str, sound: str, typed: str, offered: set[str], other: set[str]) -> None:
    text = (EXAMPLES / workspace / "inventory.yaml").read_text(encoding="utf-8")
    assert sound in text
    text = text.replace(sound, typed, 1)
    hole = hole_at("inventory.yaml", text.replace("↑", ""), text.index("↑"))
    assert hole is not None
    labels = [choice.label for choice in choices("inventory.yaml", hole)]
    assert offered <= set(labels)
    assert not other & set(labels)
    assert len(set(labels)) == len(labels)
