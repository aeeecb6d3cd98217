"""Whatever a file of records holds: records, or problems with their places; never anything else."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from toolkit.errors import RecordsInvalid
from toolkit.levels.records.cells import Known
from toolkit.levels.records.columns import shapes
from toolkit.levels.records.episodes import EPISODES
from toolkit.levels.records.read import read_records

KNOWN = Known(
    components=frozenset({"vm-1", "application/shop"}), tenants=frozenset({"t-1"}), functions=frozenset({"os"}), urgencies=frozenset({"major"})
)  # fmt: skip
KINDS = (*shapes(KNOWN), EPISODES)
CELL = st.one_of(
    st.sampled_from(
        ["vm-1", "t-1", "P1", "yes", "2027-03-05T10:00:00+01:00", "2027-03-28T02:30[Europe/Paris]", "9999-12-31T23:59:59+00:00",
         "0001-01-01T00:00:00+23:59", "2027-03-05T10:00:00+24:00", "2027-W10-5T10:00:00+01:00", "2027-03-05T10:00[../etc]",
         "1e999", "-0", "1/0", "P2 2027-03-05T10:00Z; ;", "2027-03", "\N{ARABIC-INDIC DIGIT ONE}", "٢٠٢٧-03-05T10:00:00+01:00"]
    ),
    st.text(max_size=20),
)  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> tuple[str, bytes]:
    kind = draw(st.sampled_from(KINDS))
    if draw(st.booleans()):
        return f"{kind}{draw(st.sampled_from(['.csv', '.ndjson']))}", draw(st.binary(max_size=200))
    columns = [column.name for column in shapes(KNOWN)[kind].columns] if kind != EPISODES else ["received", "body"]
    rows = draw(st.lists(st.lists(CELL, min_size=len(columns), max_size=len(columns)), max_size=4))
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [columns, *rows]]
    return f"{kind}.csv", "\n".join(quoted).encode("utf-8", "surrogatepass")


@given(files())
@example(("alertmanager.ndjson", b'{"body": {"alerts": [{"labels": {"component": ["vm-1"]}}, 1, null]}}'))
@example(("alertmanager.ndjson", b'{"body": {"alerts": [{"labels": {"component": "vm-1", "priority": ["P1"]}}]}}'))
@example(("outages.ndjson", b"[" * 100_000))
@example(("outages.ndjson", b'{"id": "\\ud800"}'))
@example(("outages.csv", b"id,component,start,end\nO-1,vm-1,9999-12-31T23:59:59+00:00,\n"))
def test_a_file_is_records_or_problems(file: tuple[str, bytes]) -> None:
    name, content = file
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(content)
        try:
            read_records(Path(folder), KNOWN)
        except RecordsInvalid as error:
            problems = error.details["problems"]
            assert problems
            assert all(one["message"] and one["fix"] and one["line"] for one in problems)
