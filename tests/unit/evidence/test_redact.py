"""Persons become references wherever they stand; secrets stop everything."""

import datetime as dt
import json

import msgspec
import pytest
from evidence_case import SALT, SECRET, inventory, redactor
from hypothesis import given
from hypothesis import strategies as st

from toolkit.canonical import canonical_bytes, plain
from toolkit.errors import EvidenceInvalid
from toolkit.evidence.redact import Redactor
from toolkit.model.contacts import ContactPoint, Contacts
from toolkit.model.event import Event, EventDay, EventTeam, Speaker

PERSONS = (
    "Service exploitation",
    "ops@acme.example",
    "+33 1 00 00 00 00",
    "dba@acme.example",
    "sdm@provider.example",
    "cm@provider.example",
)
WORDS = st.text(max_size=8) | st.sampled_from(PERSONS)
VALUES = st.recursive(
    WORDS | st.integers() | st.floats() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=12,
)


@given(VALUES)
def test_whatever_comes_no_person_stays_and_it_has_a_canonical_form(value):
    content = canonical_bytes(redactor().clean(value, where="x"))
    texts = []

    def collect(found):
        if isinstance(found, str):
            texts.append(found)
        elif isinstance(found, list):
            [collect(inner) for inner in found]
        elif isinstance(found, dict):
            [collect(inner) for pair in found.items() for inner in pair]

    collect(json.loads(content))
    assert not set(PERSONS) & set(texts)


@pytest.mark.parametrize("person", PERSONS)
@pytest.mark.parametrize("around", ["{}", "<{}>", "mail to {}, please", "a\n{}\nb", "({})"])
def test_a_person_inside_a_text_is_replaced(person: str, around: str):
    assert person not in redactor().clean(around.format(person), where="x")


def test_a_longer_word_that_holds_a_persons_name_is_kept():
    assert redactor().clean("xdba@acme.example", where="x") == "xdba@acme.example"


def test_references_depend_on_the_salt_and_on_the_person():
    first, second = redactor(), Redactor(inventory(), salt=b"other")
    assert first.reference("a") == first.reference("a") != first.reference("b")
    assert first.reference("a") != second.reference("a")
    assert SALT.decode() not in repr(first) + first.reference("a")


def test_names_that_look_like_patterns_are_taken_as_they_are():
    contact = msgspec.structs.replace(inventory().customer.contacts[0], name=r"(.*)|[", email="a+b@x.example")
    given_ = inventory()
    given_ = msgspec.structs.replace(given_, customer=msgspec.structs.replace(given_.customer, contacts=(contact,)))
    cleaned = Redactor(given_, salt=SALT).clean({"a": r"(.*)|[", "b": "anything", "c": "aab@x.example"}, where="x")
    assert cleaned["a"].startswith("person:")
    assert (cleaned["b"], cleaned["c"]) == ("anything", "aab@x.example")


def test_the_points_of_contact_are_persons():
    partner = ContactPoint(name="Voice team", email="voice@partner.example", phone="+33 1 02")
    given_ = msgspec.structs.replace(inventory(), contacts=Contacts(partner=partner))
    cleaned = json.dumps(Redactor(given_, salt=SALT).clean({"a": plain(given_), "b": "ask Voice team"}, where="x"))
    assert "Voice team" not in cleaned
    assert "voice@partner" not in cleaned
    assert "+33 1 02" not in cleaned


def test_who_speaks_at_an_event_and_who_helps_there_are_persons():
    event = Event(
        name="Summit",
        streaming="vendor",
        days=(EventDay(date=dt.date(2027, 6, 15), start="09:00", end="17:00"),),
        speakers=(Speaker(id="lena", name="Léna Fabre", email="lena@umbra.example"),),
        team=EventTeam(project_manager=ContactPoint(name="Chef de projet", email="pm@provider.example")),
    )
    given_ = msgspec.structs.replace(inventory(), event=event)
    cleaned = json.dumps(Redactor(given_, salt=SALT).clean({"a": plain(given_), "b": "for Léna Fabre"}, where="x"))
    for person in ("Fabre", "lena@umbra", "Chef de projet", "pm@provider"):
        assert person not in cleaned


@pytest.mark.parametrize("value", [SECRET, f"x{SECRET}y", [SECRET], {"a": {"b": SECRET}}, {SECRET: 1}])
def test_a_secret_is_refused_and_not_repeated(value):
    with pytest.raises(EvidenceInvalid) as caught:
        redactor().clean(value, where="records")
    assert SECRET not in json.dumps(caught.value.to_json())
    assert caught.value.fix
