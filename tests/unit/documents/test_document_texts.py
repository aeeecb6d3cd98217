"""Templates keep to their schema, and the texts of both languages say everything that they name and nothing else."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from toolkit import resources
from toolkit.documents import template as templates
from toolkit.documents.expressions import _BRACES
from toolkit.documents.model import Words
from toolkit.documents.template import OWN, Template

FILES = sorted((OWN / "templates").glob("*.yaml"))
SCHEMA = json.loads((resources.folder("schemas") / "document-template.schema.json").read_text())
KEYS = {"title", "subtitle", "label", "caption", "alt", "text", "callout", "item", "empty"}


def texts(language: str, name: str) -> dict:
    return yaml.safe_load((OWN / "texts" / language / f"{name}.yaml").read_text())


def named(value, keys=frozenset(KEYS)):
    """The keys of texts that a template names."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str) and name in keys:
                yield inner
            else:
                yield from named(inner, keys)
    elif isinstance(value, list):
        for inner in value:
            yield from named(inner, keys)


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_template_keeps_to_the_schema(path):
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert [error.message for error in validator.iter_errors(yaml.safe_load(path.read_text()))] == []


def test_schema_and_model_have_the_same_fields():
    assert set(SCHEMA["properties"]) == set(Template.__struct_fields__)
    block = SCHEMA["$defs"]["block"]["properties"]
    assert set(block) == set(templates.BlockSpec.__struct_fields__)
    assert set(SCHEMA["$defs"]["section"]["properties"]) == set(templates.SectionSpec.__struct_fields__)
    for name, struct in (("list", templates.ListBlock), ("table", templates.TableBlock)):
        assert set(block[name]["properties"]) == set(struct.__struct_fields__)


def described(schema):
    if isinstance(schema, dict):
        for name, inner in schema.get("properties", {}).items():
            yield name, inner
        for inner in schema.values():
            yield from described(inner)


def test_every_property_is_described():
    assert [name for name, found in described(SCHEMA) if "description" not in found and "$ref" not in found] == []


@pytest.mark.parametrize("path", [*FILES, OWN / "common.yaml"], ids=lambda path: path.stem)
def test_both_languages_have_the_same_texts_and_words(path):
    english, french = texts("en", path.stem), texts("fr", path.stem)
    # the note on the translation stands in French documents alone
    assert english.keys() == french.keys() - {"note_translation"}
    for key, value in english.items():
        assert type(value) is type(french[key]), key
        if isinstance(value, dict):
            assert value.keys() == french[key].keys(), key
            assert all(isinstance(word, str) and word.strip() for word in (*value.values(), *french[key].values()))
        else:
            assert value.strip(), key
            assert french[key].strip(), key


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_text_is_left_in_english(path):
    english, french = texts("en", path.stem), texts("fr", path.stem)
    for key, value in english.items():
        plain = _BRACES.sub("", value) if isinstance(value, str) else ""
        # a sentence of four words is not the same in both languages
        if len(re.findall(r"[a-z]{2,}", plain)) >= 4:
            assert value != french[key], key


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_text_is_used(path):
    known, common = texts("en", path.stem), texts("en", "common")
    used = set(named(yaml.safe_load(path.read_text())))
    assert used <= {key for key, value in {**common, **known}.items() if isinstance(value, str)}
    said = "\n".join([path.read_text(), *strings(known)])
    groups = set(re.findall(r"word\('(\w+)'\)", said))
    assert {key for key, value in known.items() if isinstance(value, str)} - used == set()
    assert {key for key, value in known.items() if isinstance(value, dict)} - groups == set()


def test_every_common_text_and_word_is_used():
    common = texts("en", "common")
    written = [yaml.safe_load(path.read_text()) for path in FILES]
    used = {key for one in written for key in named(one)} | {f"words_{name}" for name in Words.__struct_fields__}
    used |= {"none"}
    assert {key for key, value in common.items() if isinstance(value, str)} - used == set()
    said = "\n".join(path.read_text() for path in (*FILES, *(OWN / "texts/en").glob("*.yaml")))
    groups = set(re.findall(r"word\('(\w+)'\)", said)) | {"facts", "origins", "answers"}
    assert {key for key, value in common.items() if isinstance(value, dict)} - groups == set()


def test_every_kind_of_gap_has_its_words():
    common = texts("en", "common")
    code = "\n".join(path.read_text() for path in (OWN / "facts").glob("*.py"))
    whats = set(re.findall(r'what="([\w-]+)"', code)) | {"value", "service_delivery_manager", "contract_manager"}
    assert whats <= set(common["facts"])
    assert set(re.findall(r'where="([\w-]+)"', code)) <= set(common["origins"])


def test_every_text_file_belongs_to_a_template():
    stems = {path.stem for path in FILES} | {"common"}
    assert {path.stem for path in (OWN / "texts").rglob("*.yaml")} == stems
    assert Path(OWN / "templates/README.md").is_file()
