"""What a template or a customer may get wrong: each with its place, the nearest known name and the right exit code."""

import re
import shutil
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from toolkit.cli.main import cli
from toolkit.documents.compose import compose
from toolkit.documents.facts import facts
from toolkit.documents.make import make
from toolkit.documents.model import Gap
from toolkit.documents.template import BlockSpec, Found, SectionSpec, Template, Texts, find_templates, read_texts
from toolkit.errors import OnboardError, UsageError

ROOT = Path(__file__).parents[3]
# the SDK imports its own deprecated modules
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of :DeprecationWarning"),
]


def composed(acme, *, text: str = "x", own: bool = True, **section):
    """A document of one section; ``text`` is the text ``body``."""
    blocks = section.pop("blocks", (BlockSpec(text="body"),))
    template = Template(
        schema="onboarding/document-template/v1",
        id="trial",
        source="none",
        title="head",
        subtitle="head",
        sections=(SectionSpec(id="only", title="head", blocks=blocks, **section),),
    )
    found = Found(template=template, folder=Path("/added"), own=own)
    words = read_texts(next(iter(find_templates(acme.service).values())), "en")
    texts = Texts(texts={**words.texts, "head": "Head", "body": text}, words=words.words)
    return compose(found, texts=texts, facts=facts(acme, "en"), language="en")


def said(acme, text: str) -> str:
    (section,) = composed(acme, text=text).sections
    return "".join(
        f"<{one.what}>" if isinstance(one, Gap) else one.text for block in section.blocks for one in block.run
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ custmer.name }}", "no field 'custmer' (the nearest known one is 'customer')"),
        ("{{ customer.nmae }}", "no field 'nmae' (the nearest known one is 'name')"),
        ("{{ components[0].hostd_on }}", "the nearest known one is 'hosted_on'"),
        ("{{ customer }}", "a dict cannot be printed"),
        ("{{ customer.name", "unexpected end of template"),
        ("{{ customer.name | wrd('kinds') }}", "No filter named 'wrd'"),
        ("{{ customer.name | word('knds') }}", "no words 'knds' (the nearest known one is 'kinds')"),
        ("{{ section('nowhere') }}", "this document has no section 'nowhere'"),
        ("{{ customer.__class__ }}", "no field '__class__'"),
        ("{{ ''.__class__.__mro__ }}", "no field '__class__'"),
        ("{{ 1 / 0 }}", "division by zero"),
    ],
)
def test_a_fault_in_a_text_names_template_key_and_nearest_name(acme, text, message):
    with pytest.raises(OnboardError) as caught:
        composed(acme, text=text)
    assert caught.value.exit_code == 1
    assert "templates/trial.yaml: section only, block 1, text body: " in caught.value.message
    assert message in caught.value.message
    with pytest.raises(UsageError, match=r"/added/documents/trial\.yaml"):
        composed(acme, text=text, own=False)


def test_a_fault_in_an_expression_names_its_place(acme):
    with pytest.raises(OnboardError, match=r"sections / only: no field 'componnts'"):
        composed(acme, when="componnts | length > 0")
    with pytest.raises(OnboardError, match="customer is no collection"):
        composed(acme, for_each="customer")
    with pytest.raises(OnboardError, match=r"no text 'bdy' in en \(the nearest known one is 'body'\)"):
        composed(acme, blocks=(BlockSpec(text="bdy"),))


def test_what_is_missing_is_a_gap_and_false(acme):
    nobody = msgspec.structs.replace(acme.inventory.provider, contract_manager=None)
    acme = msgspec.structs.replace(acme, inventory=msgspec.structs.replace(acme.inventory, provider=nobody))
    text = "{% if provider.contract_manager %}yes{% else %}no{% endif %} {{ provider.contract_manager }} {{ none }}"
    assert said(acme, text) == "no <contract manager> <value>"
    assert said(acme, "{{ none.anything.else }}") == "<value>"


def test_values_are_never_templates(acme):
    customer = msgspec.structs.replace(acme.inventory.customer, name="{{ 7*7 }}{% x %}`a`\ue0000\ue001\x1b")
    acme = msgspec.structs.replace(acme, inventory=msgspec.structs.replace(acme.inventory, customer=customer))
    assert said(acme, "{{ customer.name }}") == "{{ 7*7 }}{% x %}`a`\\ue0000\\ue001\\x1b"
    for one in make(acme, only=("initial-inventory",), languages=("en",), formats=("html",)):
        assert b"{{ 7*7 }}" in b"".join(one.files.values())


def hostile(value, path=()):
    """The same inventory with a hostile text in every free text of it."""
    if isinstance(value, msgspec.Struct):
        fields = {name: hostile(getattr(value, name), (*path, name)) for name in value.__struct_fields__}
        return msgspec.structs.replace(value, **fields)
    if isinstance(value, tuple):
        return tuple(hostile(one, path) for one in value)
    free = {
        "name",
        "email",
        "phone",
        "reference",
        "owner",
        "support_contract",
        "account",
        "region",
        "role",
        "technology",
    }
    if isinstance(value, str) and path[-1] in free:
        return f'<img src=x onerror=alert(1)>{{{{ 7*7 }}}}|"\n{value}\x00'
    return value


def test_hostile_texts_in_every_field_change_no_structure(acme):
    evil = msgspec.structs.replace(acme, inventory=hostile(acme.inventory))
    made = {one.id: one for one in make(acme, only=(), languages=("fr",), formats=("html", "md"))}
    for one in make(evil, only=(), languages=("fr",), formats=("html", "md", "docx")):
        page = one.files[f"{one.id}.fr.html"].decode()
        assert "<img" not in page
        assert re.findall(r"<(\w+)", page) == re.findall(r"<(\w+)", made[one.id].files[f"{one.id}.fr.html"].decode())
        text = one.files[f"{one.id}.fr.md"].decode()
        assert len(text.split("\n")) == len(made[one.id].files[f"{one.id}.fr.md"].decode().split("\n"))
        assert one.files[f"{one.id}.fr.docx"].startswith(b"PK")


def run(*arguments):
    return CliRunner().invoke(cli, ["documents", *map(str, arguments)], standalone_mode=False)


@pytest.fixture
def workspace(tmp_path):
    shutil.copytree(ROOT / "examples/acme", tmp_path / "acme", ignore=shutil.ignore_patterns(".onboard"))
    return tmp_path / "acme"


def test_the_command_writes_lists_and_counts(workspace):
    result = run(workspace, "--only", "initial-inventory", "--as", "md", "--date", "2026-12-01", "--strict")
    assert result.return_value == 0, result.exception
    written = workspace / ".onboard/documents/initial-inventory.fr.md"
    assert written.read_text().startswith("# Inventaire initial")
    assert result.output.splitlines()[-1] == "1 file, 0 points to be completed"
    assert "operations-runbook: Dossier d\u2019exploitation" in run(workspace, "--list").output
    assert '"hosted_on": "str"' in run(workspace, "--facts").output


def test_the_list_speaks_the_languages_that_are_asked_for(workspace):
    assert "operations-runbook: Operations runbook" in run(workspace, "--list", "--language", "en").output
    both = run(workspace, "--list", "--language", "en", "--language", "fr").output.splitlines()
    assert any(line.startswith("test-plan.en: Test plan") for line in both)
    assert any(line.startswith("test-plan.fr: Plan de tests") for line in both)
    told = msgspec.json.decode(run(workspace, "--list", "--language", "en", "--format", "json").output)
    assert {one["language"] for one in told["documents"]} == {"en"}


def test_the_list_fills_in_what_a_title_names(monkeypatch):
    monkeypatch.setenv("ONBOARD_CATALOGUE", str(ROOT / "tests/examples/added-service/catalogue"))
    said = run(ROOT / "tests/examples/added-service/workspace", "--list").output
    assert said
    assert "{{" not in said


def test_gaps_are_counted_by_document_and_named_with_v(workspace):
    asked = (workspace, "--only", "test-report", "--only", "test-plan", "--as", "md", "--language", "en")
    short = run(*asked)
    assert "TO BE COMPLETED: test-plan.en: 1 point\n" in short.stdout
    assert "TO BE COMPLETED: test-report.en: 2 points\n2 files, 3 points to be completed\n" in short.stdout
    assert "date of the document" not in short.stdout
    assert short.stderr == "-v names each point\n"
    long = run(*asked, "-v")
    assert "test-plan.en: 1 point\n  (1) date of the document: from the command line: --date\n" in long.stdout
    assert long.stderr == ""


def test_a_report_without_a_run_does_not_say_that_nothing_is_unproven(workspace):
    run(workspace, "--only", "test-report", "--as", "md", "--language", "en")
    text = (workspace / ".onboard/documents/test-report.en.md").read_text()
    parts = {part.partition("\n")[0]: part for part in text.split("\n## ")}
    for title in ("3 Results", "4 Not proven"):
        assert "results of the tests" in parts[title], title
    assert "None." not in parts["4 Not proven"]


def test_commands_of_the_runbook_can_be_pasted(acme):
    for language in ("fr", "en"):
        (made,) = make(acme, only=("operations-runbook",), languages=(language,), formats=("html",))
        page = made.files[f"operations-runbook.{language}.html"].decode()
        assert 'systemctl list-timers "onboard-backup-*"' in page.replace("&#34;", '"').replace("&quot;", '"')


def test_strict_makes_gaps_exit_3_and_the_files_are_there(workspace, tmp_path):
    out = tmp_path / "out"
    result = run(
        workspace,
        "--only",
        "test-plan",
        "--as",
        "html",
        "--language",
        "en",
        "--output",
        out,
        "--strict",
        "--format",
        "json",
    )
    assert result.return_value == 3
    told = msgspec.json.decode(result.output)
    assert told["schema"] == "onboarding/documents/v1"
    assert [gap["what"] for gap in told["gaps"]] == ["date of the document"]
    assert [file["path"] for file in told["files"]] == [str(out / "test-plan.en.html")]


def test_a_document_that_the_service_lacks_is_refused(workspace):
    result = run(workspace, "--only", "weather")
    assert isinstance(result.exception, UsageError)
    assert "managed-applications has no document weather" in result.exception.message
    assert "test-plan" in result.exception.fix


def test_documents_are_never_written_over_the_inventory(tmp_path):
    (tmp_path / "inventory").mkdir()
    shutil.copy(ROOT / "examples/acme/inventory.yaml", tmp_path / "inventory/all.yaml")
    result = run(tmp_path, "--only", "test-plan", "--as", "md", "--output", tmp_path / "inventory")
    assert isinstance(result.exception, UsageError)
    assert [path.name for path in (tmp_path / "inventory").iterdir()] == ["all.yaml"]


def test_unusable_templates_of_an_added_service(acme, tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    head = "schema: onboarding/document-template/v1\nid: own\nsource: own\ntitle: t\nsubtitle: t\n"

    def refused(sections: str) -> str:
        (folder / "own.yaml").write_text(head + sections)
        with pytest.raises(UsageError) as caught:
            list(make(acme, only=("own",), languages=("en",), formats=("md",), added=tmp_path))
        return caught.value.message

    assert "unknown field `sectons`" in refused("sectons: []\n")
    assert "a block has nothing, not one thing" in refused("sections: [{id: a, title: t, blocks: [{when: x}]}]\n")
    assert "text and callout" in refused("sections: [{id: a, title: t, blocks: [{text: t, callout: t}]}]\n")
    assert "two sections are called a" in refused("sections: [{id: a, title: t}, {id: a, title: t}]\n")
    assert "texts in both languages" in refused("sections: [{id: a, title: t}]\n")
    texts = tmp_path / "texts/en"
    texts.mkdir(parents=True)
    (texts / "own.yaml").write_text("t: Own document\nbody: [not, a, text]\n")
    assert "Expected `str | object`" in refused("sections: [{id: a, title: t}]\n")
    (texts / "own.yaml").write_text("t: Own document of {{ customer.name }}\n")
    (folder / "own.yaml").write_text(head + "sections: [{id: a, title: t}]\n")
    (made,) = make(acme, only=("own",), languages=("en",), formats=("md",), added=tmp_path)
    assert made.title == "Own document of Acme SA"
