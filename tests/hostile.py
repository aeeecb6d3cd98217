"""Strings that would break out of some format or run something, and an inventory that carries them wherever it may."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml


def strings(canary: Path) -> tuple[str, ...]:
    """One line each, as the schema's text allows; what executes one of them makes the file ``canary``."""
    run = f"touch {canary}"
    return (
        f"$({run})`{run}`;{run}|{run} #",
        f"'; {run}; '\"; {run}; \"",
        f"{{{{ lookup('ansible.builtin.pipe', '{run}') }}}}{{% if %}}{{# x",
        f"{{{{ cycler.__init__.__globals__.os.popen('{run}').read() }}}}",
        f"${{x@P}} $((7*7)) ${{{{ {run} }}}} #{{7*7}} {{{{7*7}}}}",
        "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;<!-- ]]>",
        f"=cmd|'/C {run}'!A0",
        "+1+1 @SUM(A1) -2+3",
        "%n%H%i%% ${HOME} $HOME \\x41 \\u0041 \\ \\",
        '{{ query "up" }} {{ .Fatal }} }} {{ template "x" . }} [[',
        '"; } secrets { ike-x { secret = "x" } } connections { # include /etc/passwd',
        "}; flush ruleset; table inet x { chain y { # */ /*",
        f'!!python/object/apply:os.system ["{run}"]',
        "&anchor *alias - [x, y: { ? | > @ ` %YAML 1.1 # no: on",
        "' OR 1=1; DROP TABLE runs; --",
        "../../../../../../etc/passwd",
        "\u202egpj.exe \u2066x\u2069 \ufeff e\u0301 \U0001f600 \u00a0",
        "[section] key=value\\n ExecStart=/bin/false",
        '{"__ansible_unsafe": "x", "$secret": "secretref://x"}',
        "--checkpoint-action=exec=false -oProxyCommand=false",
    )


def path(canary: Path) -> str:
    """A folder's name that a shell, Jinja, systemd, a glob and a terminal would each read differently."""
    run = f"touch {canary}"
    return f"/srv/$({run})`{run}`;'\"\\ {{{{ lookup('ansible.builtin.pipe', '{run}') }}}} %n ${{HOME}} \u202e*?[a]~ -rf"


def inventory(example: dict[str, Any], canary: Path) -> dict[str, Any]:
    """The example with such a string in every field of free text; it still passes validation."""
    found = copy.deepcopy(example)
    words = strings(canary)
    customer = found["customer"]
    customer["name"] = words[0]
    # Names of contacts are personal data and redacted wherever they occur, so the customer is not called like one.
    customer["contacts"] += [{"role": word, "name": word, "email": "%s+-x@acme.example"} for word in words[1:]]
    for item, word in zip(found["build_inputs"].values(), words, strict=False):
        item["reference"] = word
    vms = [part for part in found["components"] if part["kind"] == "vm"]
    for number, part in enumerate(vms, start=1):
        part["licence"]["support_contract"] = words[-number]
        part["owner"] = "-rf+%n@acme.example"
    for part in found["components"]:
        if "backup" in part:
            part["backup"]["paths"] = [*part["backup"]["paths"], path(canary)]
    return found


def spoil(file: Path, canary: Path) -> None:
    """Write the hostile form of an inventory file over it."""
    found = inventory(yaml.safe_load(file.read_text()), canary)
    file.write_text(yaml.safe_dump(found, allow_unicode=False, sort_keys=False))
