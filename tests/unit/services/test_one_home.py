"""What the service descriptions say once stands once: rules, tables and samples agree with the catalogue's entries."""

from __future__ import annotations

from toolkit import catalogue
from toolkit.inventory.rules.support_contacts import IT, MAIN


def test_the_contacts_that_the_rules_ask_for_answer_the_prerequisites() -> None:
    sections = {one.id: one.section for one in catalogue.service("collaboration-support").prerequisites}
    assert sections["main-contact"] == f"customer/contacts/{MAIN}"
    assert sections["it-contacts"] == f"customer/contacts/{IT}"
