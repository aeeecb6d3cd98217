"""Whatever stands in a file: read, or refused with its place and a fix; never a fault of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from toolkit.errors import OnboardError, RecordsInvalid, UsageError
from toolkit.money.changes import read_changes
from toolkit.money.indices import read_indices
from toolkit.money.minimum import read_years
from toolkit.money.periods import Month
from toolkit.money.prices import read_prices
from toolkit.money.terms import read_terms
from toolkit.money.tokens import read_catalogue
from toolkit.money.usage import read_usage

SAMPLES = Path(__file__).parents[3] / "schemas/samples"
READERS: dict[str, tuple[str, Any]] = {
    "prices": ("prices.sample.csv", read_prices),
    "catalogue": ("changes.sample.csv", read_catalogue),
    "indices": ("indices.sample.csv", read_indices),
    "usage": ("usage.sample.csv", lambda path: read_usage(path, Month(year=2027, month=3))),
    "years": ("minimum.sample.csv", lambda path: read_years(path, years=3)),
    "changes": ("", lambda path: read_changes(path, {})),
    "terms": (
        "commercial.sample.yaml",
        lambda path: read_terms(
            path, components=frozenset({"erp-vm-1", "erp-vm-2", "erp-db-1"}), tenants=frozenset({"acme-prod"})
        ),
    ),
}
HOSTILE = ("=1+1", "@SUM(A1)", "-2+3", "\t=1", '"', "\x00", "\r", "\n", ";", "NaN", "Infinity", "1e999999", "9" * 400,
           "٣", "2027-02-30", "0000-00-00", "99999-01-01", "../../etc", "&a [*a]", "!!python/object:os.system x",
           "{[]: 1}", "? ", "<<: *x", "\ud7ff", "\u202e", "null", "-0", "1_000", " ")  # fmt: skip


def judge(name: str, path: Path) -> None:
    refused: OnboardError | None = None
    try:
        READERS[name][1](path)
    except OnboardError as error:
        refused = error
    if refused is None:
        return
    assert isinstance(refused, UsageError | RecordsInvalid)
    assert refused.fix
    for problem in refused.details.get("problems", ()):
        assert problem["line"] >= 1
        assert problem["fix"]


@pytest.mark.parametrize("name", list(READERS))
@given(content=st.binary(max_size=200))
@example(content=b"")
@example(content=b"\xef\xbb\xbf")
@example(content=b"{" * 5000)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    judge(name, tmp_path / "file")


@pytest.mark.parametrize("name", [name for name, (sample, _) in READERS.items() if sample])
@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_sample_with_something_else_in_a_place(name: str, data: st.DataObject, tmp_path: Path) -> None:
    text = (SAMPLES / READERS[name][0]).read_text()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 12)))
    put = data.draw(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=6)))
    (tmp_path / "file").write_bytes((text[:start] + put + text[end:]).encode(errors="surrogatepass"))
    judge(name, tmp_path / "file")


@pytest.mark.parametrize("name", list(READERS))
def test_what_has_no_end_is_not_read(name: str) -> None:
    with pytest.raises(UsageError, match="/dev/zero"):
        READERS[name][1](Path("/dev/zero"))


def test_a_long_list_is_read_in_no_time(tmp_path: Path) -> None:
    rows = [f"dependency/d{number},*,unit-month,{number}.25,EUR,,," for number in range(20_000)]
    path = tmp_path / "prices.csv"
    path.write_text("item,region,unit,price_eur,currency,valid_from,valid_until,sample\n" + "\n".join(rows) + "\n")
    assert len(read_prices(path).prices) == 20_000
