"""A plan's folder: same bytes for the same plan, and not one byte may differ."""

import contextlib
import json

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolkit import resources
from toolkit.canonical import canonical_bytes, digest_bytes
from toolkit.errors import PlanRefused, UsageError
from toolkit.plan.folder import file_name, read_plan, write_plan


@pytest.fixture
def folder(tmp_path, wide, make_plan):
    write_plan(make_plan(wide), tmp_path / "plan")
    return tmp_path / "plan"


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_written_twice_it_has_the_same_bytes_and_reads_back(tmp_path, wide, make_plan):
    plan = make_plan(wide)
    write_plan(plan, tmp_path / "one")
    write_plan(make_plan(wide), tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert set(contents(tmp_path / "one")) == {
        "index.json",
        "tenant-acme-prod.json",
        "tenant-acme-dev.json",
        "site-acme-hq.json",
        "site-acme-lab.json",
        "service-managed-applications.json",
    }
    assert read_plan(tmp_path / "one") == plan


def test_everything_written_follows_the_schema(folder):
    schema = json.loads((resources.folder("schemas") / "plan.schema.json").read_text())
    index = jsonschema.Draft202012Validator(schema)
    document = jsonschema.Draft202012Validator({"$ref": "#/$defs/document", "$defs": schema["$defs"]})
    for name, content in contents(folder).items():
        validator = index if name == "index.json" else document
        assert list(validator.iter_errors(json.loads(content))) == [], name


def test_nothing_of_the_planning_machine_is_in_it(folder, tmp_path):
    everything = b"".join(contents(folder).values())
    assert str(tmp_path).encode() not in everything
    assert str(resources.folder("schemas").parent).encode() not in everything


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(st.data())
def test_one_altered_byte_is_refused(folder, data):
    path = data.draw(st.sampled_from(sorted(folder.glob("*.json"))))
    before = path.read_bytes()
    position = data.draw(st.integers(0, len(before) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != before[position]))
    path.write_bytes(before[:position] + bytes([byte]) + before[position + 1 :])
    try:
        if path.name == "index.json":
            # The index has no digest beside it: what stays canonical is another plan, which nobody approved.
            with contextlib.suppress(PlanRefused):
                assert read_plan(folder).digest != digest_bytes(before)
        else:
            with pytest.raises(PlanRefused):
                read_plan(folder)
    finally:
        path.write_bytes(before)


def test_another_layout_of_the_same_values_is_refused(folder):
    for path in sorted(folder.glob("*.json")):
        before = path.read_bytes()
        path.write_text(json.dumps(json.loads(before), indent=1))
        with pytest.raises(PlanRefused, match="altered"):
            read_plan(folder)
        path.write_bytes(before)


def test_an_unknown_field_is_refused(folder):
    index = json.loads((folder / "index.json").read_text())
    (folder / "index.json").write_bytes(canonical_bytes({**index, "note": "hello"}))
    with pytest.raises(PlanRefused, match="does not know"):
        read_plan(folder)


def test_a_missing_or_extra_document_is_refused(folder):
    (folder / "tenant-other.json").write_text("{}")
    with pytest.raises(PlanRefused, match=r"tenant-other\.json"):
        read_plan(folder)
    (folder / "tenant-other.json").unlink()
    (folder / "site-acme-hq.json").unlink()
    with pytest.raises(PlanRefused, match="missing"):
        read_plan(folder)


def test_a_document_exchanged_together_with_its_digest_is_refused(folder):
    index = json.loads((folder / "index.json").read_text())
    content = (folder / "site-acme-hq.json").read_bytes()
    (folder / "site-acme-lab.json").write_bytes(content)
    index["documents"]["site/acme-lab"] = digest_bytes(content)
    (folder / "index.json").write_bytes(canonical_bytes(index))
    with pytest.raises(PlanRefused, match="holds the document of site/acme-hq"):
        read_plan(folder)


def test_a_step_with_anothers_id_is_refused(folder):
    index = json.loads((folder / "index.json").read_text())
    document = json.loads((folder / "site-acme-hq.json").read_text())
    document["steps"][0]["inputs"]["site"] = "acme-lab"
    content = canonical_bytes(document)
    (folder / "site-acme-hq.json").write_bytes(content)
    index["documents"]["site/acme-hq"] = digest_bytes(content)
    (folder / "index.json").write_bytes(canonical_bytes(index))
    with pytest.raises(PlanRefused, match="the id of step configure/acme-hq/hub"):
        read_plan(folder)


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"[]", b"null", b"{", b"[" * 100_000, b'{"a":1,"a":1}'])
def test_an_index_that_is_none_is_refused(folder, content):
    (folder / "index.json").write_bytes(content)
    with pytest.raises(PlanRefused, match=r"index\.json"):
        read_plan(folder)


def test_a_scope_never_leaves_the_folder():
    for scope in ("site/../../etc", "provider", "site/", "tenant/UPPER", "site/a/b"):
        with pytest.raises(PlanRefused):
            file_name(scope)


def test_an_earlier_plan_is_replaced(folder, acme, make_plan):
    (folder / "approvals").mkdir()
    plan = make_plan(acme)
    write_plan(plan, folder)
    assert read_plan(folder) == plan
    assert {path.name for path in folder.iterdir()} == {
        "index.json",
        "tenant-acme-prod.json",
        "site-acme-hq.json",
        "service-managed-applications.json",
        "approvals",
    }


def test_what_a_killed_write_left_is_cleared(folder, acme, make_plan):
    for name in (".index.json.x1y2", ".site-acme-hq.json.zz"):
        (folder / name).write_text("{")
    with pytest.raises(PlanRefused, match="does not name"):
        read_plan(folder)
    write_plan(make_plan(acme), folder)
    assert read_plan(folder) == make_plan(acme)


def test_a_folder_with_something_else_is_not_touched(tmp_path, acme, make_plan):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(UsageError, match="something else"):
        write_plan(make_plan(acme), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    with pytest.raises(UsageError, match="not a folder"):
        write_plan(make_plan(acme), tmp_path / "letter.txt")
    with pytest.raises(UsageError, match="no plan"):
        read_plan(tmp_path)
