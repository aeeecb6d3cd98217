"""The run of show: cues in the order of the clock, what is not covered, limits that are exceeded, hostile names."""

import datetime as dt
import re
from pathlib import Path

import msgspec
import pytest

from toolkit.documents.facts import facts
from toolkit.documents.make import make
from toolkit.pipeline import workspace
from toolkit.pipeline.document_sources import gather

pytestmark = pytest.mark.slow  # whole documents of whole customers


ROOT = Path(__file__).parents[3]
SUMMIT = ROOT / "examples/summit"


@pytest.fixture(scope="module")
def summit():
    return gather(workspace.find(SUMMIT), date=dt.date(2027, 6, 1))


def changed(tmp_path: Path, *changes: tuple[str, str]):
    text = (SUMMIT / "inventory.yaml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "inventory.yaml").write_text(text)
    return gather(workspace.find(tmp_path))


def written(sources, language: str = "en", form: str = "md") -> str:
    (made,) = make(sources, only=("event-run-of-show",), languages=(language,), formats=(form,))
    return made.files[f"event-run-of-show.{language}.{form}"].decode()


def test_the_cues_of_a_day_follow_the_clock(summit):
    for day in facts(summit, "en")["event"]["days"]:
        times = [cue["from"] for cue in day["cues"]]
        assert times == sorted(times)
        assert day["cues"][0]["kind"] == "support-opens"
        assert day["cues"][-1]["kind"] == "support-closes"
    text = written(summit)
    assert re.search(r"\| 09:00 \| 10:30 \| Énergie des villes \| Sofia Costa \| yes \| – \|", text)
    assert "| by 14 June 2027 | Run of show | project manager |" in text


def test_a_day_that_is_longer_than_its_support_says_what_is_not_covered(tmp_path):
    sources = changed(
        tmp_path, ('date: 2027-06-16, start: "09:00", end: "17:30"', 'date: 2027-06-16, start: "09:00", end: "20:00"')
    )
    text = written(sources)
    assert "The event exceeds 1 limit(s) of the service" in text
    assert "> Without support: 17:30–20:00." in text
    assert "Nearest plan that fits" in text


def test_a_team_that_is_not_named_is_a_gap(tmp_path):
    text = (SUMMIT / "inventory.yaml").read_text()
    sources = changed(tmp_path, (text[text.index("  team:") :], "\n"))
    said = written(sources)
    assert "project manager of the provider" in said
    assert "from the inventory: event/team/solutions\\_analyst" in said


def test_an_event_with_the_customers_own_streaming_has_no_links(tmp_path):
    sources = changed(
        tmp_path,
        ("streaming: vendor", "streaming: customer"),
        ("option: technical-run", "option: tasks-review"),
    )
    assert "the customer sends the speakers their links" in written(sources)


def test_hostile_names_change_no_structure(summit):
    def evil(name: str) -> str:
        return f'<img src=x>{{{{ 7*7 }}}}|"\n{name}\x00\ue0000\ue001'

    plan = summit.event
    days = tuple(
        {
            **day,
            "sessions": tuple(
                {**one, "title": evil(one["title"]), "speakers": tuple(map(evil, one["speakers"]))}
                for one in day["sessions"]
            ),
        }
        for day in plan["days"]
    )
    event = summit.inventory.event
    speakers = tuple(msgspec.structs.replace(one, name=evil(one.name), email=evil(one.email)) for one in event.speakers)
    inventory = msgspec.structs.replace(summit.inventory, event=msgspec.structs.replace(event, speakers=speakers))
    spoiled = msgspec.structs.replace(
        summit, inventory=inventory, event={**plan, "name": evil(plan["name"]), "days": days}
    )
    page, clean = written(spoiled, form="html"), written(summit, form="html")
    assert "<img" not in page
    assert re.findall(r"<(\w+)", page) == re.findall(r"<(\w+)", clean)
    assert len(written(spoiled).split("\n")) == len(written(summit).split("\n"))
