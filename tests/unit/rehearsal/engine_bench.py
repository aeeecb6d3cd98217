"""Small programs run on the real engine against the stand-in provider of one world."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from toolkit.rehearsal.standin import install_launcher
from toolkit.rehearsal.world import World

ACCOUNT, REGION = "111122223333", "eu-west-3"


class Bench:
    """One stack after another on the real engine; the programs are functions."""

    def __init__(self, world: World, folder: Path) -> None:
        from toolkit.provision.engine import find_engine

        self.world = world
        self.folder = folder
        self.engine = find_engine()
        install_launcher(folder / "bin", endpoint=world.endpoint, account=world.account, control=world.control)
        self.environment = {
            "PATH": f"{folder / 'bin'}{os.pathsep}/usr/bin:/bin",
            "HOME": str(folder / "home"),
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "bench",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }

    def stack(self, name: str, program: Callable[[], None], project: str = "bench") -> Any:
        """A stack of the Automation API; ``program`` finds its provider by ``provider()``."""
        from pulumi.automation import LocalWorkspace, ProjectBackend, ProjectRuntimeInfo, ProjectSettings, Stack

        from toolkit.provision.command import engine_command

        work = self.folder / name
        for needed in (work, self.folder / "home", self.folder / "state"):
            needed.mkdir(parents=True, exist_ok=True)
        workspace = LocalWorkspace(
            work_dir=str(work),
            program=program,
            pulumi_command=engine_command(self.engine, self.environment),
            project_settings=ProjectSettings(
                name=project,
                runtime=ProjectRuntimeInfo(name="python"),
                main=str(work),
                backend=ProjectBackend(url=self.environment["PULUMI_BACKEND_URL"]),
            ),
        )
        return Stack.create_or_select(name, workspace)

    def state(self, name: str) -> list[dict[str, Any]]:
        """The checkpoint's resources, as on disk."""
        files = list((self.folder / "state").rglob(f"{name}.json"))
        found = [file for file in files if "stacks" in file.parts]
        return json.loads(found[0].read_text())["checkpoint"]["latest"].get("resources", []) if found else []


def provider(**settings: Any) -> Any:
    """Options that bind a resource to the world's account and region, with default tags."""
    import pulumi
    import pulumi_aws as aws

    named = {
        "region": REGION,
        "allowed_account_ids": [ACCOUNT],
        "default_tags": aws.ProviderDefaultTagsArgs(tags={"onboard:tenant": "bench"}),
    } | settings
    return pulumi.ResourceOptions(provider=aws.Provider("aws", **named))
