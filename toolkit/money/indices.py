"""Published indices by month: SYNTEC (labour), ICC (construction cost), ELEC (medium-voltage electricity). CSV."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import msgspec

from toolkit.errors import RecordsInvalid
from toolkit.money.periods import Month, parse_month
from toolkit.money.table_file import Faults, read_rows

SECTION = "SD-1 §1.12"
NAMES = ("SYNTEC", "ICC", "ELEC")


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """The value of an index for a month."""

    name: str
    month: Month
    value: Decimal
    sample: bool = False


class Indices(msgspec.Struct, frozen=True, kw_only=True):
    """Every value of a file."""

    file: str
    values: dict[tuple[str, Month], Index]

    def at(self, name: str, month: Month) -> Index:
        """The value of a month; RecordsInvalid (3) where the file has none: no other month stands in for it."""
        self.require({(name, month)})
        return self.values[name, month]

    def require(self, wanted: Iterable[tuple[str, Month]]) -> None:
        """RecordsInvalid (3) that names every value of these which the file lacks; nothing when it lacks none."""
        missing = sorted(set(wanted) - self.values.keys())
        if not missing:
            return
        problems = [
            {
                "rule": SECTION,
                "file": self.file,
                "line": None,
                "column": None,
                "field": "month",
                "message": f"no {name} for {month.text}",
                "fix": f"add a row {name},{month.text},<value>",
            }
            for name, month in missing
        ]
        first, others = f"{missing[0][0]} for {missing[0][1].text}", len(missing) - 1
        raise RecordsInvalid(
            f"{self.file} has no {first}" + (f", and lacks {others} more" if others else ""),
            fix="add what was published for each month",
            details={"problems": problems},
        )


def read_indices(path: Path) -> Indices:
    """The file; UsageError (2) for no such table, RecordsInvalid (3) for its rows, all at once."""
    faults = Faults(section=SECTION)
    values: dict[tuple[str, Month], Index] = {}
    for row in read_rows(path, required=("index", "month", "value"), optional=("sample",), faults=faults):
        name, said, value = row.choice("index", NAMES), row.month("month"), row.amount("value")
        sample = row.flag("sample")
        if value is not None and value == 0:
            row.fault("value", "an index is above 0", "write the published value")
        if name is None or said is None or not value:
            continue
        month = parse_month(said)
        if (name, month) in values:
            row.fault("month", f"{name} of {said} stands twice", "keep one row")
        values[name, month] = Index(name=name, month=month, value=value, sample=sample)
    faults.refuse_any(f"{path} has no indices that can be read")
    return Indices(file=str(path), values=values)
