"""Records: what is read, and that every fault is told with file, line, field, reason and fix."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from toolkit.clocks import epoch, instant
from toolkit.errors import RecordsInvalid, UsageError
from toolkit.levels.records.cells import Known
from toolkit.levels.records.columns import shapes
from toolkit.levels.records.kinds import Records
from toolkit.levels.records.read import read_records

KNOWN = Known(
    components=frozenset({"erp-vm-1", "erp-vm-2"}),
    tenants=frozenset({"acme-prod"}),
    functions=frozenset({"os", "database"}),
    urgencies=frozenset({"critical", "major"}),
)
INCIDENTS = "id,priority,opened,resolved,components,interruption,cause,co_management,l3,priority_changes\n"
OUTAGES = "id,component,start,end,incident\n"


def read(folder: Path, **tables: str) -> Records:
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text)
    return read_records(folder, KNOWN)


def problems(folder: Path, **tables: str) -> list[dict[str, object]]:
    with pytest.raises(RecordsInvalid) as caught:
        read(folder, **tables)
    assert caught.value.exit_code == 3
    found: list[dict[str, object]] = caught.value.details["problems"]
    assert all(one["fix"] and one["file"] and one["line"] for one in found)
    return found


def seconds(text: str) -> int:
    return epoch(instant(text))


def incident(row: str) -> str:
    return INCIDENTS + row + "\n"


def test_an_incident_is_read_whole(tmp_path: Path) -> None:
    row = 'I-1,P1,2027-03-05T10:00+01:00,2027-03-05T12:00+01:00,"erp-vm-1; erp-vm-2",yes,shared,no,provider,'
    found = read(tmp_path, incidents=incident(row)).incidents[0]
    assert (found.id, found.priority, found.interruption, found.cause) == ("I-1", "P1", True, "shared")
    assert found.components == ("erp-vm-1", "erp-vm-2")
    assert found.resolved == seconds("2027-03-05T11:00Z")
    assert found.line == 2


def test_out_of_order_is_sorted(tmp_path: Path) -> None:
    text = INCIDENTS + "I-2,P3,2027-03-09T10:00Z,,erp-vm-1,,,,,\n" + "I-1,P3,2027-03-05T10:00Z,,erp-vm-1,,,,,\n"
    assert [one.id for one in read(tmp_path, incidents=text).incidents] == ["I-1", "I-2"]


def test_open_ended_has_no_end(tmp_path: Path) -> None:
    assert read(tmp_path, incidents=incident("I-1,P3,2027-03-09T10:00Z,,erp-vm-1,,,,,")).incidents[0].resolved is None


def test_ndjson_says_the_same_as_csv(tmp_path: Path) -> None:
    line = {"id": "O-1", "component": "erp-vm-1", "start": "2027-03-05T10:00Z", "end": None, "incident": ""}
    (tmp_path / "outages.ndjson").write_text(json.dumps(line) + "\n\n")
    (tmp_path / "charges.ndjson").write_text(
        '{"month": "2027-03", "tenant": "acme-prod", "function": "os", "amount_eur": 1250.10, "sample": true}\n'
    )
    found = read_records(tmp_path, KNOWN)
    assert found.outages[0].end is None
    assert found.outages[0].incident is None
    assert found.charges[0].amount_eur == Fraction("1250.10")
    assert found.charges[0].sample
    assert found.present == ("outages", "charges")


def test_the_last_priority_holds_and_the_first_is_kept(tmp_path: Path) -> None:
    changes = "P2 2027-03-05T11:00Z; P1 2027-03-05T10:30Z"
    found = read(tmp_path, incidents=incident(f"I-1,P3,2027-03-05T10:00Z,,erp-vm-1,,,,,{changes}")).incidents[0]
    assert (found.first_priority, found.priority) == ("P3", "P2")
    assert [one.priority for one in found.priority_changes] == ["P1", "P2"]


@pytest.mark.parametrize(
    ("row", "field", "said"),
    [
        ("I-1,P1,2027-03-05T10:00,,erp-vm-1,,,,,", "opened", "no UTC offset"),
        ("I-1,P1,2027-03-28T02:30[Europe/Paris],,erp-vm-1,,,,,", "opened", "does not exist in Europe/Paris"),
        ("I-1,P1,2027-10-31T02:30[Europe/Paris],,erp-vm-1,,,,,", "opened", "comes twice"),
        ("I-1,P1,2027-03-05T10:00+02:00[Europe/Paris],,erp-vm-1,,,,,", "opened", "Europe/Paris was at"),
        ("I-1,P1,2027-02-30T10:00Z,,erp-vm-1,,,,,", "opened", "no date and time"),
        ("I-1,P1,2027-03-05T10:00Z,2027-03-05T09:00Z,erp-vm-1,,,,,", "resolved", "lies before opened"),
        ("I-1,P1,2027-03-05T10:00Z,,erp-vm-9,,,,,", "components", "no component 'erp-vm-9'"),
        ("I-1,P1,2027-03-05T10:00Z,,,,,,,", "components", "nothing stands there"),
        ("I-1,P5,2027-03-05T10:00Z,,erp-vm-1,,,,,", "priority", "not one of P1"),
        ("I-1,,2027-03-05T10:00Z,,erp-vm-1,,,,,", "priority", "nothing stands there"),
        (",P1,2027-03-05T10:00Z,,erp-vm-1,,,,,", "id", "nothing stands there"),
        ("I-1,P1,2027-03-05T10:00Z,,erp-vm-1,perhaps,,,,", "interruption", "neither yes nor no"),
        ("I-1,P1,2027-03-05T10:00Z,,erp-vm-1,,weather,,,", "cause", "not one of"),
        ("I-1,P1,2027-03-05T10:00Z,,erp-vm-1,,,,,P2 yesterday", "priority_changes", "no date and time"),
        ("I-1,P1,2027-03-05T10:00Z,,erp-vm-1,,,,,urgent", "priority_changes", "no change of priority"),
        ("I-1,P1,2027-03-05T10:00Z,,erp-vm-1,,,,,P2 2027-03-04T10:00Z", "priority_changes", "outside of the incident"),
    ],
)
def test_a_bad_cell_of_an_incident(tmp_path: Path, row: str, field: str, said: str) -> None:
    found = problems(tmp_path, incidents=incident(row))
    assert [(one["line"], one["path"]) for one in found] == [(2, f"/{field}")]
    assert said in str(found[0]["message"])


def test_an_unknown_id_is_answered_with_the_nearest(tmp_path: Path) -> None:
    found = problems(tmp_path, incidents=incident("I-1,P1,2027-03-05T10:00Z,,erp-wm-1,,,,,"))
    assert found[0]["fix"] == 'did you mean "erp-vm-1"?'


def test_every_problem_of_every_file_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        incidents=INCIDENTS + "I-1,P9,2027-03-05T10:00,,erp-vm-9,,,,,\nI-2,P9,2027-03-05T10:00Z,,erp-vm-1,,,,,\n",
        charges="month,tenant,function,amount_eur\n2027-3,acme-prd,oz,-1\n",
    )
    assert [(Path(str(one["file"])).name, one["line"], one["path"]) for one in found] == [
        ("charges.csv", 2, "/month"),
        ("charges.csv", 2, "/tenant"),
        ("charges.csv", 2, "/function"),
        ("charges.csv", 2, "/amount_eur"),
        ("incidents.csv", 2, "/priority"),
        ("incidents.csv", 2, "/opened"),
        ("incidents.csv", 2, "/components"),
        ("incidents.csv", 3, "/priority"),
    ]


@pytest.mark.parametrize("amount", ["-1", "1,5", "ten", "1e3", "NaN"])
def test_a_bad_amount(tmp_path: Path, amount: str) -> None:
    text = f'month,tenant,function,amount_eur\n2027-03,acme-prod,os,"{amount}"\n'
    assert [one["path"] for one in problems(tmp_path, charges=text)] == ["/amount_eur"]


def test_columns_unknown_missing_and_twice(tmp_path: Path) -> None:
    found = problems(tmp_path, outages="id,componnent,start,start,incident\n")
    said = {str(one["message"]): one["fix"] for one in found}
    assert said["componnent: no such column 'componnent'"] == 'did you mean "component"?'
    assert "end: the column end is missing" in said
    assert "start: the column start stands twice" in said


def test_the_same_line_and_the_same_id_twice(tmp_path: Path) -> None:
    row = "I-1,P1,2027-03-05T10:00Z,,erp-vm-1,,,,,"
    other = "I-1,P2,2027-03-05T10:00Z,,erp-vm-1,,,,,"
    found = problems(tmp_path, incidents=incident(f"{row}\n{row}\n{other}"))
    assert ["line 2 once more" in str(found[0]["message"]), "stands in line 2" in str(found[1]["message"])] == [
        True,
        True,
    ]


def test_overlapping_outages_are_merged_and_told(tmp_path: Path) -> None:
    rows = "O-1,erp-vm-1,2027-03-05T10:00Z,2027-03-05T12:00Z,\nO-2,erp-vm-1,2027-03-05T11:00Z,,\n"
    apart = "O-3,erp-vm-2,2027-03-05T11:00Z,2027-03-05T12:00Z,\n"
    notes = read(tmp_path, outages=OUTAGES + rows + apart).notes
    assert [one.words("en") for one in notes] == [
        "outages.csv:3: O-2 overlaps O-1: both are counted once, as one outage of erp-vm-1"
    ]


def test_an_outage_of_an_incident_that_is_none(tmp_path: Path) -> None:
    row = "I-10,P1,2027-03-05T10:00Z,,erp-vm-1,,,,,"
    found = problems(tmp_path, incidents=incident(row), outages=OUTAGES + "O-1,erp-vm-1,2027-03-05T10:00Z,,I-19\n")
    assert found[0]["path"] == "/incident"
    assert found[0]["fix"] == 'did you mean "I-10"?'


def test_an_offset_that_is_not_that_of_paris_is_told(tmp_path: Path) -> None:
    notes = read(tmp_path, incidents=incident("I-1,P1,2027-07-05T10:00+01:00,,erp-vm-1,,,,,")).notes
    assert "is 2027-07-05T11:00:00+02:00 in Europe/Paris" in notes[0].words("en")


def test_a_time_that_has_not_come(tmp_path: Path) -> None:
    (tmp_path / "incidents.csv").write_text(incident("I-1,P1,2027-03-05T10:00Z,,erp-vm-1,,,,,"))
    with pytest.raises(RecordsInvalid) as caught:
        read_records(tmp_path, KNOWN, not_after=seconds("2027-03-05T09:00Z"))
    assert "has not come yet" in caught.value.details["problems"][0]["message"]
    assert read_records(tmp_path, KNOWN, not_after=seconds("2027-03-05T10:00Z")).incidents


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id,component,start,end,incident\nO-1,\xff,,,\n", "is not UTF-8"),
        (b"", "no line of column names"),
        (b"id,component,start,end,incident\nO-1,erp-vm-1\n", "2 cells, but 5 columns"),
        (b'id,component,start,end,incident\n"O-1,erp-vm-1,,,\n', "not CSV"),
    ],
)
def test_a_file_that_is_no_table(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "outages.csv").write_bytes(content)
    with pytest.raises(RecordsInvalid) as caught:
        read_records(tmp_path, KNOWN)
    assert said in caught.value.details["problems"][0]["message"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"id": "O-1", "id": "O-2"}', "stands twice"),
        ('{"id": {"of": 1}}', "neither a text"),
        ('{"id": "\\ud800"}', "neither a text"),
        ('{"idd": "O-1"}', "no such column"),
    ],
)
def test_a_line_of_ndjson_that_is_no_record(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "outages.ndjson").write_text(line)
    with pytest.raises(RecordsInvalid) as caught:
        read_records(tmp_path, KNOWN)
    assert any(said in one["message"] and one["line"] == 1 for one in caught.value.details["problems"])


def test_two_files_of_one_kind_and_no_folder(tmp_path: Path) -> None:
    (tmp_path / "outages.csv").write_text(OUTAGES)
    (tmp_path / "outages.ndjson").write_text("")
    with pytest.raises(UsageError, match=r"outages\.csv and outages\.ndjson"):
        read_records(tmp_path, KNOWN)
    with pytest.raises(UsageError, match="no folder"):
        read_records(tmp_path / "absent", KNOWN)


def test_shares_of_an_incident_of_sd_2(tmp_path: Path) -> None:
    text = "id,priority,opened,resolved,components,urgency,people_share,sites_share\n"
    found = read(tmp_path, incidents=text + "I-1,,2027-03-05T10:00Z,,erp-vm-1,major,3/4,12.5%\n").incidents[0]
    assert (found.urgency, found.shares) == ("major", (Fraction(3, 4), Fraction(1, 8)))
    assert not found.share_of_components
    text = "id,priority,opened,resolved,components,urgency,components_share\n"
    found = read(tmp_path, incidents=text + "I-1,,2027-03-05T10:00Z,,erp-vm-1,major,0\n").incidents[0]
    assert (found.shares, found.share_of_components) == ((Fraction(0),), True)


def test_without_priority_and_shares_an_incident_names_components(tmp_path: Path) -> None:
    text = "id,priority,opened,resolved,components,urgency\n"
    assert read(tmp_path, incidents=text + "I-1,,2027-03-05T10:00Z,,erp-vm-1,major\n").incidents[0].shares == ()
    found = problems(tmp_path, incidents=text + "I-1,,2027-03-05T10:00Z,,erp-vm-1,\n")
    assert [one["path"] for one in found] == ["/priority"]


@pytest.mark.parametrize("cell", ["4/3", "1/0", "120%", "half", "1.5"])
def test_a_share_that_is_none(tmp_path: Path, cell: str) -> None:
    text = "id,priority,opened,resolved,components,urgency,people_share\n"
    found = problems(tmp_path, incidents=text + f"I-1,P1,2027-03-05T10:00Z,,erp-vm-1,major,{cell}\n")
    assert found[0]["path"] == "/people_share"


def webhook(status: str, starts: str, ends: str, **labels: str) -> str:
    alert = {"status": status, "startsAt": starts, "endsAt": ends, "fingerprint": "abc123", "labels": labels}
    return json.dumps({"received": 1.5, "path": "/level-1", "body": {"alerts": [alert]}}) + "\n"


def test_an_episode_of_an_alert_is_one_incident(tmp_path: Path) -> None:
    labels = {"alertname": "HostDown", "component": "erp-vm-1", "priority": "P2"}
    start, never = "2027-03-05T10:00:00.5Z", "0001-01-01T00:00:00Z"
    lines = webhook("firing", start, never, **labels) * 2 + webhook("resolved", start, "2027-03-05T11:00:00Z", **labels)
    (tmp_path / "alertmanager.ndjson").write_text(lines + webhook("firing", "2027-03-06T10:00:00Z", never, **labels))
    first, second = read_records(tmp_path, KNOWN).incidents
    assert (first.priority, first.resolved) == ("P2", seconds("2027-03-05T11:00Z"))
    assert second.resolved is None
    assert not second.interruption
    assert first.id != second.id


def test_an_episode_with_faults(tmp_path: Path) -> None:
    good = {"alertname": "HostDown", "component": "erp-vm-1", "priority": "P2"}
    lines = [
        webhook("firing", "2027-03-05T10:00:00Z", "", **{**good, "component": "erp-vm-9"}),
        webhook("firing", "2027-03-05T10:00:00Z", "", **{**good, "priority": "P7"}),
        webhook("firing", "soon", "", **good),
        webhook("resolved", "2027-03-05T10:00:00Z", "2027-03-05T09:00:00Z", **good),
        "{}\n",
    ]
    (tmp_path / "alertmanager.ndjson").write_text("".join(lines))
    with pytest.raises(RecordsInvalid) as caught:
        read_records(tmp_path, KNOWN)
    assert [one["line"] for one in caught.value.details["problems"]] == [1, 2, 3, 4, 5]


def test_an_alert_without_a_component_is_told(tmp_path: Path) -> None:
    (tmp_path / "alertmanager.ndjson").write_text(webhook("firing", "2027-03-05T10:00:00Z", "", alertname="TunnelDown"))
    found = read_records(tmp_path, KNOWN)
    assert not found.incidents
    assert "TunnelDown name no component" in found.notes[0].words("en")


def test_the_page_of_records_names_every_column_and_whether_it_may_be_left_out() -> None:
    page = (Path(__file__).parents[3] / "docs/records.md").read_text()
    for name, shape in shapes(KNOWN).items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        for column in shape.columns:
            assert (f"[`{column.name}`" in row) != column.needed, (name, column.name)
            assert f"`{column.name}`" in row, (name, column.name)


def test_each_problem_of_a_line_is_told(tmp_path: Path) -> None:
    row = "I-1,,2027-03-05T10:00Z,2027-03-05T09:00Z,erp-vm-9,perhaps,provider,,,"
    found = problems(tmp_path, incidents=incident(row))
    assert [one["path"] for one in found] == ["/components", "/interruption", "/resolved", "/priority"]


def test_a_note_is_told_once_for_each_line_whatever_was_read_before(tmp_path: Path) -> None:
    rows = "".join(f"O-{one},erp-vm-1,2027-03-05T10:00:00+03:00,2027-03-05T12:00:00+03:00,\n" for one in range(3000))
    found = read(tmp_path, outages=OUTAGES + rows)
    told = [note for note in found.notes if note.key == "unusual-offset"]
    assert [note.line for note in told[:4]] == [2, 2, 3, 3]
    assert len(told) == 6000


def test_the_same_line_once_more_and_the_same_id_with_something_else(tmp_path: Path) -> None:
    rows = "O-1,erp-vm-1,2027-03-05T10:00Z,,\nO-1,erp-vm-1,2027-03-05T10:00Z,,\nO-1,erp-vm-2,2027-03-05T10:00Z,,\n"
    found = problems(tmp_path, outages=OUTAGES + rows)
    assert [(one["line"], one["message"]) for one in found] == [
        (3, "is line 2 once more"),
        (4, "id: O-1 stands in line 2 already"),
    ]


def test_a_misspelt_urgency_is_no_missing_priority(tmp_path: Path) -> None:
    text = "id,priority,opened,resolved,components,urgency,people_share\n"
    found = problems(tmp_path, incidents=text + "I-1,,2027-03-05T10:00Z,,erp-vm-1,hgih,1/2\n")
    assert [one["path"] for one in found] == ["/urgency"]


def test_a_subscription_that_is_told_twice_in_other_words_is_none_twice(tmp_path: Path) -> None:
    text = "component,from,until\nerp-vm-1,2027-01-01T00:00Z,\n"
    assert len(read(tmp_path, subscriptions=text + "erp-vm-1,2027-01-01T01:00+01:00,\n").subscriptions) == 2
    found = problems(tmp_path, subscriptions=text + "erp-vm-1,2027-01-01T00:00Z,\n")
    assert [(one["line"], one["message"]) for one in found] == [(3, "is line 2 once more")]


def test_a_blank_first_line_is_told_whatever_follows(tmp_path: Path) -> None:
    found = problems(tmp_path, outages='\nid,component\n"x"y,1\n')
    assert "the file has no line of column names" in [one["message"] for one in found]
