"""Small YAML of the provider's and of people: what would hide a mistake or end the process is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from toolkit.strict_yaml import DEEPEST, line_of, read_yaml


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
