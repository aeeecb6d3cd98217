"""Small YAML of the provider's and of people: what would hide a mistake or end the process is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec
import pytest
import yaml

from toolkit.strict_yaml import DEEPEST, YamlFault, line_of, read_typed, read_yaml


def test_plain_values_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: [1, {b: c}]\n")
    assert read_yaml(path) == {"a": [1, {"b": "c"}]}
    path.write_text("a: &a [1]\nb: *a\n")
    assert read_yaml(path) == {"a": [1], "b": [1]}
    path.write_text("[" * DEEPEST + "]" * DEEPEST)
    assert read_yaml(path)


LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("a: 1\na: 2\n", "stands twice"),
        ("[" * 100_000, "levels deep"),
        ("{a: " * 100_000, "levels deep"),
        ("- " * 100_000, "levels deep"),
        (LAUGHS, "more than 1,000,000 values"),
        ("a: [", "did not find"),
        ("\x00", "control characters|special characters"),
    ],
)
def test_what_is_no_plain_file_is_refused(tmp_path: Path, written: str, reason: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(written)
    with pytest.raises(yaml.YAMLError, match=reason):
        read_yaml(path)


def test_a_place_is_the_line_of_what_lies_there(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a:\n  - b: 1\n  - b: 2\n")
    assert line_of(path, ("a", 1, "b")) == 3
    assert line_of(path, ("a", 1, "absent")) == 3


class Noted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    day: dt.date
    counts: tuple[int, ...] = ()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("day: 2027-13-01\n", "note:1:6: month must be in 1..12"),
        ("day: 2027-01-01\ncounts:\n  - 1\n  - x\n", "note:4: counts[1]: Expected `int`, got `str`"),
        (f"day: 2027-01-01\ncounts: [{'9' * 5000}]\n", "note:2:10: Exceeds the limit"),
        ("day: [\n", "note:2:1: did not find"),
        ("", "note:1: Expected `object`, got `null`"),
        ("\xff", "note: "),
    ],
)
def test_what_has_another_shape_is_said_with_its_place(tmp_path: Path, written: str, said: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(written.encode("latin-1"))
    with pytest.raises(YamlFault) as caught:
        read_typed(path, Noted)
    assert caught.value.at("note").startswith(said)


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    for path in (Path("/dev/zero"), tmp_path, tmp_path / "absent"):
        with pytest.raises(YamlFault):
            read_typed(path, Noted)
