"""Writes the test vectors of the evidence format anew: ``python tests/golden/evidence/regenerate.py``; review the diff."""

import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parents[1] / "unit" / "evidence")]

from evidence_case import fixed_signer, material, redactor  # noqa: E402

from toolkit.evidence.bundle import write_bundle  # noqa: E402

with tempfile.TemporaryDirectory() as scratch:
    shutil.rmtree(HERE / "passed", ignore_errors=True)
    signer = fixed_signer(Path(scratch))
    write_bundle(HERE / "passed", material(Path(scratch)), signer=signer, redactor=redactor())
