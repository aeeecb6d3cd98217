#!/usr/bin/python
# SPDX-License-Identifier: Apache-2.0
"""Many small files of a host in one execution: a role's configuration costs one connection, not one per file."""

from __future__ import annotations

import os
import pwd
import shlex
import tempfile
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: files
short_description: Write, correct and remove a set of files
description:
  - Compares every file with what it should be and changes only what differs; each is replaced whole.
  - Contents are never logged or returned.
options:
  folders:
    description: Folders that exist with that mode, in this order, before the files.
    type: list
    elements: dict
    default: []
    suboptions:
      path: {description: Absolute path., type: path, required: true}
      mode: {description: Octal permissions., type: str, default: "0755"}
      owner: {description: Owner., type: str, default: root}
  files:
    description: Files that exist with that content.
    type: list
    elements: dict
    default: []
    suboptions:
      path: {description: Absolute path., type: path, required: true}
      content: {description: The whole content; without it that of C(contents)., type: str}
      mode: {description: Octal permissions., type: str, default: "0644"}
      owner: {description: Owner., type: str, default: root}
      validate: {description: Command that must succeed on the new file, whose path replaces C(%s)., type: str}
  contents:
    description: Contents by path, for files that carry none themselves.
    type: dict
    default: {}
  absent:
    description: Files that do not exist.
    type: list
    elements: path
    default: []
  follow_up:
    description:
      - Name of what must follow a change, such as a service's restart by a handler.
      - It is noted on the host before anything is changed, and the task is changed as long as the note is there, so that
        a play which ended before its handlers is made up for by the next one. Whoever has followed up names it in
        C(settled).
    type: str
  settled:
    description: Names whose notes are removed.
    type: list
    elements: str
    default: []
  notes:
    description: Folder of the notes.
    type: path
    default: /var/lib/onboard/follow-up
author: [onboarding-toolkit contributors]
"""

EXAMPLES = r"""
- onboard.host.files:
    files:
      - {path: /etc/motd, content: "managed\n"}
"""

RETURN = r"""
count:
  description: How many files and folders were, or in check mode would be, changed.
  type: int
  returned: always
"""


def attributes(path: str, mode: str, owner: str, *, check: bool) -> bool:
    """Correct mode and owner of an existing path; True when they differed."""
    wanted, user = int(mode, 8), pwd.getpwnam(owner)
    now = Path(path).lstat()
    differs = (now.st_mode & 0o7777, now.st_uid, now.st_gid) != (wanted, user.pw_uid, user.pw_gid)
    if differs and not check:
        os.chown(path, user.pw_uid, user.pw_gid)
        Path(path).chmod(wanted)
    return differs


def folder(wanted: dict, *, check: bool) -> bool:
    """Make a folder; True when something differed."""
    missing = not Path(wanted["path"]).is_dir()
    if missing and check:
        return True
    Path(wanted["path"]).mkdir(mode=0o755, parents=True, exist_ok=True)
    return attributes(wanted["path"], wanted["mode"], wanted["owner"], check=check) or missing


def place(module: AnsibleModule, wanted: dict, *, check: bool) -> bool:
    """Write a file; True when something differed."""
    path, content = Path(wanted["path"]), wanted["content"].encode("utf-8")
    try:
        same = path.read_bytes() == content and not path.is_symlink()
    except FileNotFoundError:
        same = False
    if same:
        return attributes(path, wanted["mode"], wanted["owner"], check=check)
    if check:
        return True
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".onboard-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        if wanted["validate"]:
            command = [temporary if word == "%s" else word for word in shlex.split(wanted["validate"])]
            status, out, err = module.run_command(command)
            if status:
                module.fail_json(msg=f"{path} is refused by {command[0]}", stdout=out, stderr=err)
        attributes(temporary, wanted["mode"], wanted["owner"], check=False)
        Path(temporary).rename(path)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return True


def main() -> None:
    """Carry out the arguments."""
    text, owner = {"type": "str"}, {"type": "str", "default": "root"}
    path = {"type": "path", "required": True}
    module = AnsibleModule(
        argument_spec={
            "folders": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {"path": path, "mode": {"type": "str", "default": "0755"}, "owner": owner},
            },
            "files": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {
                    "path": path,
                    "content": {"type": "str", "no_log": True},
                    "mode": {"type": "str", "default": "0644"},
                    "owner": owner,
                    "validate": text,
                },
            },
            "contents": {"type": "dict", "default": {}, "no_log": True},
            "absent": {"type": "list", "elements": "path", "default": []},
            "follow_up": text,
            "settled": {"type": "list", "elements": "str", "default": []},
            "notes": {"type": "path", "default": "/var/lib/onboard/follow-up"},
        },
        supports_check_mode=True,
        # else every content is written to the host's log
        no_log=True,
    )
    check, name = module.check_mode, module.params["follow_up"]
    notes = Path(module.params["notes"])
    note = notes / name if name else None
    if note and not check and work(module, check=True):
        notes.mkdir(parents=True, exist_ok=True)
        note.touch()
    changed = work(module, check=check)
    for done in module.params["settled"]:
        if not check:
            (notes / done).unlink(missing_ok=True)
    module.exit_json(changed=bool(changed or (note and note.exists())), count=changed)


def work(module: AnsibleModule, *, check: bool) -> int:
    """Folders, files, absent files; how many differed."""
    changed, here = 0, None
    try:
        for wanted in module.params["folders"]:
            here = wanted["path"]
            if folder(wanted, check=check):
                changed += 1
        for wanted in module.params["files"]:
            here = wanted["path"]
            if wanted["content"] is None:
                wanted["content"] = module.params["contents"][here]
            if place(module, wanted, check=check):
                changed += 1
        for here in module.params["absent"]:
            if os.path.lexists(here):
                changed += 1
                if not check:
                    Path(here).unlink()
    except (OSError, KeyError) as error:
        module.fail_json(msg=f"{here}: {error}")
    return changed


if __name__ == "__main__":
    main()
