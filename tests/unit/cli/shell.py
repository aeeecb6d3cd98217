"""The command line as a shell runs it, in this process; and what people do with it: plan, approve."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from toolkit.cli.main import main


class Done(NamedTuple):
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def onboard(*arguments: str | Path, cwd: Path, home: Path | None = None) -> Done:
    """The command in this process, as in a shell whose folder is ``cwd`` and whose home is ``home``."""
    stdout, stderr = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as changed,
        contextlib.redirect_stdout(stdout),
        contextlib.redirect_stderr(stderr),
    ):
        changed.chdir(cwd)
        changed.setenv("HOME", str(home or cwd))
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
    return Done(ended.value.code, stdout.getvalue(), stderr.getvalue())


def loaded(done: Done) -> Any:
    return json.loads(done.stdout)


def plan(workspace: Path, *more: str | Path) -> Path:
    done = onboard("plan", workspace, "--format", "json", *more, cwd=workspace)
    assert done.returncode == 0, done.stderr
    return Path(loaded(done)["folder"])


def approve(folder: Path, home: Path) -> None:
    """A real approval, by a key that the trust file in ``home`` lists."""
    key = home / "keys/ada.pem"
    done = onboard("approve", folder, "--key", f"file:{key}", "--create-key", "--format", "json", cwd=home)
    assert done.returncode == 0, done.stderr
    trust = home / ".config/onboarding-toolkit/trust.yaml"
    trust.parent.mkdir(parents=True)
    public = key.with_name("ada.pem.pub").read_text()
    keyid = Path(loaded(done)["approval"]).stem
    trust.write_text(
        json.dumps(
            {
                "schema": "onboarding/trust/v1",
                "keys": [{"name": "Ada", "keyid": keyid, "public": public, "roles": ["approver"]}],
            }
        )
    )
