"""A plan is void once anything that shaped it has changed, and the refusal says what."""

import shutil

import msgspec
import pytest

from toolkit import resources
from toolkit.decide.decisions import decide
from toolkit.decide.table import tables_digest
from toolkit.errors import PlanRefused
from toolkit.plan.bound import PACKAGE, UNBOUND, bound_digests, check_bound
from toolkit.plan.compile import compile_plan
from toolkit.plan.stack_config import stack_configs

replace = msgspec.structs.replace


@pytest.fixture(scope="module")
def bound(profile):
    return bound_digests(profile=profile, tables=tables_digest())


@pytest.fixture(scope="module")
def plan(acme, profile, bound):
    stacks = dict.fromkeys(stack_configs(acme, profile), ())
    return compile_plan(acme, decide(acme), profile=profile, stacks=stacks, bound=bound)


def test_what_is_bound(bound, profile):
    assert set(bound) == {
        "tables", "catalogue", "profile", "stacks", "playbooks", "engine", "toolkit", "code",
        "sdk:ansible-core", "sdk:ansible-runner", "sdk:boto3", "sdk:pulumi", "sdk:pulumi-aws",
    }  # fmt: skip
    assert bound == bound_digests(profile=profile, tables=tables_digest())


def test_an_unchanged_installation_passes(plan, acme, bound):
    check_bound(plan, inventory=acme, decisions=decide(acme), bound=bound)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("stacks", "a stack program was edited after approval"),
        ("playbooks", "a playbook or role was edited after approval"),
        ("tables", "a decision table was changed"),
        ("catalogue", "the service catalogue was changed"),
        ("profile", "the provider profile was changed"),
        ("engine", "another version of the engine"),
        ("toolkit", "another version of the toolkit"),
        ("code", "the toolkit's own code was edited"),
        ("sdk:pulumi-aws", "the version of pulumi-aws is another one"),
        ("sdk:ansible-core", "the version of ansible-core is another one"),
        ("sdk:ansible-runner", "the version of ansible-runner is another one"),
        ("sdk:boto3", "the version of boto3 is another one"),
    ],
)
def test_each_difference_is_named(plan, acme, bound, name, message):
    with pytest.raises(PlanRefused, match=message) as caught:
        check_bound(plan, inventory=acme, decisions=decide(acme), bound={**bound, name: "other"})
    assert caught.value.exit_code == 5
    assert list(caught.value.details) == [name]
    with pytest.raises(PlanRefused, match=message):
        check_bound(
            plan,
            inventory=acme,
            decisions=decide(acme),
            bound={key: value for key, value in bound.items() if key != name},
        )


def test_a_plan_made_without_a_package_is_none_for_an_installation_with_it(plan, acme, bound):
    bare = replace(plan, index=replace(plan.index, bound={**plan.index.bound, "sdk:boto3": "absent"}))
    with pytest.raises(PlanRefused, match=r"boto3 is another one \(absent in the plan, [0-9.]+ here\)"):
        check_bound(bare, inventory=acme, decisions=decide(acme), bound=bound)
    check_bound(bare, inventory=acme, decisions=decide(acme), bound={**bound, "sdk:boto3": "absent"})


def test_a_changed_inventory_is_named(plan, acme, bound):
    vm, *rest = acme.components
    other = replace(acme, components=(replace(vm, owner="other@acme.example"), *rest))
    with pytest.raises(PlanRefused, match="the inventory was changed"):
        check_bound(plan, inventory=other, decisions=decide(other), bound=bound)


def test_a_spelled_out_default_is_no_change(plan, acme, bound):
    vm, *rest = acme.components
    other = replace(acme, components=(*rest, replace(vm, supervised=True)))
    check_bound(plan, inventory=other, decisions=decide(other), bound=bound)


def test_an_edited_stack_program_changes_the_digest(tmp_path, profile, bound):
    for name in ("stacks", "playbooks", "engine"):
        shutil.copytree(resources.folder(name), tmp_path / name)

    def copied() -> dict[str, str]:
        return bound_digests(profile=profile, tables=tables_digest(), folder=lambda name: tmp_path / name)

    assert copied() == bound
    program = tmp_path / "stacks/aws/vpn/__main__.py"
    program.write_text(program.read_text() + "\n")
    now = copied()
    assert {name for name in bound if bound[name] != now[name]} == {"stacks"}


@pytest.fixture
def package(tmp_path):
    """A copy of the toolkit, with what an editor or a compiler may have left beside it."""
    copy = shutil.copytree(PACKAGE, tmp_path / "toolkit", ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "configure" / ".step.py.swp").write_text("an editor's")
    return copy


@pytest.mark.parametrize(
    "part", ["remote.py", "configure/step.py", "secrets/store.py", "decide/table.py", "model/plan.py"]
)
@pytest.mark.slow
def test_edited_code_changes_the_digest(package, profile, bound, part):
    def copied() -> dict[str, str]:
        return bound_digests(profile=profile, tables=tables_digest(), package=package)

    assert copied() == bound
    program = package / part
    program.write_text(program.read_text() + "\n")
    now = copied()
    assert {name for name in bound if bound[name] != now[name]} == {"code"}


def test_an_installation_has_the_digests_of_its_checkout(package, profile, bound):
    for name in ("stacks", "playbooks", "engine"):
        shutil.copytree(resources.folder(name), package / "_data" / name)
    installed = bound_digests(
        profile=profile, tables=tables_digest(), folder=lambda name: package / "_data" / name, package=package
    )
    assert installed == bound


@pytest.mark.parametrize("part", sorted(UNBOUND))
def test_what_only_shows_or_rehearses_is_not_bound(package, profile, bound, part):
    program = next((package / part).rglob("*.py"))
    program.write_text(program.read_text() + "\n")
    assert bound_digests(profile=profile, tables=tables_digest(), package=package) == bound


def test_services_that_are_added_are_bound_by_their_files(profile, tmp_path, monkeypatch):
    def catalogue_digest() -> str:
        return bound_digests(profile=profile, tables=tables_digest())["catalogue"]

    own = catalogue_digest()
    (tmp_path / "stars" / "texts").mkdir(parents=True)
    (tmp_path / "stars" / "service.yaml").write_text("id: stars")
    monkeypatch.setenv("ONBOARD_CATALOGUE", str(tmp_path))
    added = catalogue_digest()
    (tmp_path / "stars" / "notes.txt").write_text("not read")
    assert catalogue_digest() == added
    (tmp_path / "stars" / "texts" / "fr.yaml").write_text("title: étoiles")
    assert len({own, added, catalogue_digest()}) == 3
    monkeypatch.setenv("ONBOARD_CATALOGUE", "")
    assert catalogue_digest() == own
