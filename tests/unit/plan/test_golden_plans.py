"""Golden plans: what the real stack programs and the compiler make of an inventory, reviewed like code."""

import importlib.util
import json
from pathlib import Path

import jsonschema
import pytest

from toolkit import resources

GOLDEN = Path(__file__).parents[2] / "golden/plan"
spec = importlib.util.spec_from_file_location("regenerate_plans", GOLDEN / "regenerate.py")
regenerate = importlib.util.module_from_spec(spec)
spec.loader.exec_module(regenerate)
# the SDK imports its own deprecated modules
pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of :DeprecationWarning")
CASES = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir() and path.name != "__pycache__")


@pytest.mark.parametrize("case", CASES)
def test_the_plan_is_the_golden_one(case):
    made = regenerate.compiled(case)
    kept = {path.name: json.loads(path.read_text()) for path in (GOLDEN / case).glob("*.json")}
    assert made == kept, "if the change is meant: python tests/golden/plan/regenerate.py, and review the diff"
    schema = json.loads((resources.folder("schemas") / "plan.schema.json").read_text())
    document = jsonschema.Draft202012Validator({"$ref": "#/$defs/document", "$defs": schema["$defs"]})
    for name, content in made.items():
        validator = jsonschema.Draft202012Validator(schema) if name == "index.json" else document
        assert list(validator.iter_errors(content)) == [], name
