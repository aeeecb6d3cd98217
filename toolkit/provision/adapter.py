"""The one place that speaks to the engine: Pulumi's Automation API with a stack's program inline."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from toolkit.errors import Interrupted, Locked, OnboardError, PlanRefused, ProvisionFailed
from toolkit.provision.checkpoint import checkpoint_file, read_checkpoint
from toolkit.provision.command import engine_command
from toolkit.provision.compare import STACK_TYPE, Preview, is_secret
from toolkit.provision.engine import Engine
from toolkit.provision.record import run_program
from toolkit.provision.settings import StackSettings
from toolkit.provision.witness import Witness

Progress = Callable[..., None]
EFFECTS = {
    "create": "creating",
    "update": "updating",
    "import": "importing",
    "replace": "replacing",
    "create-replacement": "creating anew",
    "delete-replaced": "deleting the old",
    "delete": "deleting",
}
CHANGES = ("create", "update", "delete", "create-replacement", "import")
INTERNAL = ("pulumi:", "onboard:")
"""Types that live in the engine only: the stack, providers, references, and the programs' components."""


class StackEngine:
    """One stack of the engine. Every method runs the engine's program once and raises an OnboardError when it fails."""

    def __init__(self, settings: StackSettings, engine: Engine) -> None:
        from pulumi.automation import LocalWorkspace, ProjectBackend, ProjectRuntimeInfo, ProjectSettings

        self.settings = settings
        self.outputs_stand = False
        self._witness: Witness | None = None
        self._secrets = sorted((settings.config[key] for key in settings.secret_keys), key=len, reverse=True)
        for folder in (settings.work, Path(settings.environment["PULUMI_HOME"])):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if settings.plugins is not None:
            settings.plugins.mkdir(parents=True, exist_ok=True)
            shared = Path(settings.environment["PULUMI_HOME"]) / "plugins"
            if not shared.is_symlink():
                shared.symlink_to(settings.plugins)
        state = Path(settings.backend.removeprefix("file://"))
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._checkpoint = checkpoint_file(state, project=settings.project, stack=settings.stack)
        workspace = LocalWorkspace(
            work_dir=str(settings.work),
            program=self._program,
            pulumi_command=engine_command(engine, settings.environment),
            project_settings=ProjectSettings(
                name=settings.project,
                runtime=ProjectRuntimeInfo(name="python"),
                main=str(settings.work),
                backend=ProjectBackend(url=settings.backend),
            ),
        )
        with self._translated("select"):
            self._stack = _quiet_stack(known=self._checkpoint.is_file())(settings.stack, workspace)

    def _program(self) -> None:
        """The stack's program; its configuration is set here, so that no file and no command line ever holds it."""
        from pulumi.runtime import set_all_config

        set_all_config(dict(self.settings.config), list(self.settings.secret_keys))
        if self._witness is not None:
            self._witness.attach()
        run_program(self.settings.program)()

    def preview(self, witness: Witness) -> tuple[Preview, ...]:
        """What the engine would do, without doing it; ``witness`` sees what the program asks for.

        ``outputs_stand`` then says whether the state's outputs are the program's: an engine that was killed after its
        last resource never wrote them. A secret one is masked, so it never stands.
        """
        found: list[Preview] = []

        def keep(event: Any) -> None:
            ended = event.res_outputs_event
            if ended is not None and ended.metadata.type == STACK_TYPE:
                old, new = (state.outputs if state else None for state in (ended.metadata.old, ended.metadata.new))
                self.outputs_stand = old == new == without_secrets(new)
            step = event.resource_pre_event
            if step is not None:
                state = step.metadata.new or step.metadata.old
                found.append(
                    Preview(
                        operation=_operation(step),
                        urn=step.metadata.urn,
                        type=step.metadata.type,
                        inputs=dict(state.inputs or {}) if state else {},
                    )
                )

        self._witness = witness
        with self._translated("preview", keep) as on_event:
            self._stack.preview(on_event=on_event, color="never")
        return tuple(found)

    def up(self, witness: Witness, progress: Progress) -> int:
        """Apply; how many objects of the cloud were created, updated or deleted."""
        self._witness = witness
        changed: list[str] = []

        def done(event: Any) -> None:
            step = event.res_outputs_event
            if step is not None and _operation(step) in CHANGES and not step.metadata.type.startswith(INTERNAL):
                changed.append(step.metadata.urn)

        with self._translated("up", self._teller(progress), done) as on_event:
            self._stack.up(on_event=on_event, color="never", show_secrets=False, suppress_outputs=True)
        return len(changed)

    def refresh(self, progress: Progress) -> None:
        """Bring the state to what lives, without changing anything alive."""
        with self._translated("refresh", self._teller(progress)) as on_event:
            self._stack.refresh(on_event=on_event, color="never", show_secrets=False, run_program=False)

    def export(self) -> dict[str, Any]:
        """The deployment of the checkpoint; its secrets stay encrypted."""
        return read_checkpoint(self._checkpoint) if self._checkpoint.is_file() else {}

    def replace(self, deployment: dict[str, Any]) -> None:
        """Put a mended deployment in the checkpoint's place."""
        file = self.settings.work / "deployment.json"
        file.write_text(json.dumps({"version": 3, "deployment": deployment}))
        file.chmod(0o600)
        try:
            with self._translated("import"):
                self._stack.workspace.pulumi_command.run(
                    ["stack", "import", "--stack", self.settings.stack, "--file", str(file)],
                    str(self.settings.work),
                    {},
                )
        finally:
            file.unlink(missing_ok=True)

    def secret_outputs(self) -> dict[str, Any]:
        """All outputs of the stack, secret ones in clear: for the sinks that may hold them, never for a log."""
        with self._translated("output"):
            said = self._stack.workspace.pulumi_command.run(
                ["stack", "output", "--json", "--show-secrets", "--stack", self.settings.stack],
                str(self.settings.work),
                {},
            )
        outputs: dict[str, Any] = json.loads(said.stdout)
        return outputs

    def _teller(self, progress: Progress) -> Callable[[Any], None]:
        def tell(event: Any) -> None:
            step = event.resource_pre_event
            if step is not None and not step.metadata.type.startswith(INTERNAL):
                verb = EFFECTS.get(_operation(step))
                if verb:
                    name = step.metadata.urn.rpartition("::")[2]
                    progress(f"{verb} {step.metadata.type} {name}", urn=step.metadata.urn, operation=verb)

        return tell

    @contextmanager
    def _translated(self, operation: str, *keep: Callable[[Any], None]) -> Iterator[Callable[[Any], None]]:
        """Give the engine's events to ``keep`` on a thread of their own, and its failures a place in our error tree.

        An exception inside the engine's event callback would be swallowed: the callback only fills a queue.
        """
        from pulumi.automation import CommandError
        from pulumi.automation.errors import ConcurrentUpdateError

        events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        errors: list[tuple[str, str]] = []
        lost: list[Exception] = []
        thread = threading.Thread(target=_drain, args=(events, keep, errors, lost), daemon=True)
        thread.start()
        failure: CommandError | None = None
        try:
            yield events.put
        except CommandError as error:
            failure = error
        except KeyboardInterrupt as error:
            raise Interrupted(f"{self.settings.stack}: interrupted during {operation}", fix="resume the run") from error
        finally:
            events.put(None)
            thread.join()
        if isinstance(failure, ConcurrentUpdateError):
            raise Locked(
                f"stack {self.settings.stack} is locked by another engine",
                fix="wait for it; a resumed run releases the lock of an engine that is dead",
            ) from failure
        if failure is not None and self._witness is not None and self._witness.problems:
            raise PlanRefused(
                f"the program asks for something else than the plan: {self._witness.problems[0]}",
                fix="make the plan again and have it approved",
                details={"stack": self.settings.stack, "problems": sorted(self._witness.problems)},
            ) from None
        if failure is not None:
            raise self._failed(operation, failure, errors) from None
        if lost:
            raise lost[0]

    def _failed(self, operation: str, error: Exception, errors: list[tuple[str, str]]) -> OnboardError:
        urn, message = next(((urn, text) for urn, text in errors if urn), errors[0] if errors else ("", ""))
        message = self._redacted(message.strip() or str(error).strip())
        where = f"{urn.split('::')[2].rpartition('$')[2]} {urn.rpartition('::')[2]}" if urn else self.settings.stack
        kind = PlanRefused if operation == "preview" and not urn else ProvisionFailed
        return kind(
            f"{where}: {message}",
            fix="mend what the message says",
            details={
                "stack": self.settings.stack,
                "operation": operation,
                "urn": urn,
                "diagnostics": [self._redacted(text.strip()) for _, text in errors][:20],
            },
        )

    def _redacted(self, text: str) -> str:
        for value in (*self._secrets, self.settings.environment["PULUMI_CONFIG_PASSPHRASE"]):
            text = text.replace(value, "[secret]")
        return text


def _quiet_stack(*, known: bool) -> Any:
    """The API's ``Stack`` without the commands that it runs for what nobody here reads.

    A known stack need not be selected, every command names it; outputs are read from the checkpoint after an update.
    """
    from pulumi.automation import Stack, UpdateSummary

    class QuietStack(Stack):
        def __init__(self, name: str, workspace: Any) -> None:
            self.name, self.workspace = name, workspace
            if not known:
                workspace.create_stack(name)

        def outputs(self) -> Any:
            return {}

        def info(self, show_secrets: bool = True) -> Any:  # noqa: ARG002 - the API's signature
            return UpdateSummary(
                kind="update", start_time=datetime.now(UTC), message="", environment={}, config={}, result="succeeded"
            )

    return QuietStack


def _drain(
    events: queue.SimpleQueue[Any],
    keep: tuple[Callable[[Any], None], ...],
    errors: list[tuple[str, str]],
    lost: list[Exception],
) -> None:
    """Read events until None; remember diagnostics of failures, and an exception of ``keep`` instead of dying by it."""
    while (event := events.get()) is not None:
        diagnostic = event.diagnostic_event
        if diagnostic is not None and diagnostic.severity in {"error", "info#err"}:
            errors.append((diagnostic.urn or "", diagnostic.message or ""))
        if not lost:
            try:
                for one in keep:
                    one(event)
            except Exception as error:  # noqa: BLE001 - raised again by the engine's caller
                lost.append(error)


def _operation(step: Any) -> str:
    return str(getattr(step.metadata.op, "value", step.metadata.op))


def stack_outputs(deployment: dict[str, Any]) -> dict[str, Any]:
    """The outputs of an exported deployment's stack that are not secret, at any depth."""
    for resource in deployment.get("resources") or ():
        if resource["type"] == STACK_TYPE:
            outputs: dict[str, Any] = without_secrets(resource.get("outputs") or {})
            return outputs
    return {}


def without_secrets(value: Any) -> Any:
    """The value without the members that the engine marks as secret."""
    if isinstance(value, dict):
        return {key: without_secrets(item) for key, item in value.items() if not is_secret(item)}
    if isinstance(value, list):
        return [without_secrets(item) for item in value if not is_secret(item)]
    return value
