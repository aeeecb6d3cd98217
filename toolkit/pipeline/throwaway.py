"""The rehearsal's world: namespace, host lab, stand-in cloud, and the bindings that lead to them."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from toolkit import places, processes
from toolkit.canonical import canonical_bytes, write_atomic
from toolkit.errors import PlanRefused, UsageError
from toolkit.model.bindings import AwsBinding, Bindings
from toolkit.pipeline.coverage import NO_NAMESPACE
from toolkit.pipeline.planning import Prepared
from toolkit.rehearsal import namespace

Say = Callable[[str], None]
_KEPT = ("PATH", "TERM", "NO_COLOR", "ONBOARD_ENGINE", "ONBOARD_HOLD", "ONBOARD_HOLD_MARKER")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """``folder`` holds what may be large or must last until the end; ``run`` is short, for sockets."""

    id: str
    folder: str
    hosts: Literal["lab", "none"]

    @property
    def run(self) -> Path:
        return places.fleeting(self.id)

    @property
    def orders(self) -> Path:
        """Every fault that was ordered at the stand-in cloud, however often that was started again."""
        return Path(self.folder) / "orders.ndjson"


def make_world(place: Place, prepared: Prepared, *, say: Say) -> Bindings:
    """Make the world, or find that it stands; ends inside the world's namespace, where there is one.

    Writes ``bindings.json`` into the place's folder and returns it.
    """
    folder = Path(place.folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "home").mkdir(exist_ok=True, mode=0o700)
    bindings = Bindings(
        world="rehearsal",
        id=place.id,
        nonce=secrets.token_hex(8),
        hosts=place.hosts,
        time_scale="fast",
        aws=AwsBinding(),
        state=str(folder / "state"),
        secrets=str(folder / "secrets.store"),
        engine_path=str(place.run / "engine"),
    )
    known = folder / "bindings.json"
    if known.is_file():
        bindings = msgspec.json.decode(known.read_bytes(), type=Bindings)
    places.make_fleeting(place.run)
    if place.hosts == "lab":
        bindings = _with_lab(place, prepared, bindings, say=say)
    netns = _namespace(place)
    if netns is not None:
        namespace.enter_here(netns)
    else:
        say(f"NOT PROVEN: {NO_NAMESPACE}")
    endpoint = _cloud(place, prepared, say=say)
    bindings = msgspec.structs.replace(bindings, aws=AwsBinding(endpoint=endpoint), netns=netns)
    write_atomic(known, canonical_bytes(bindings))
    return bindings


def environment(place: Place) -> dict[str, str]:
    """Nothing of the user's but the path and the caches; home and temporary files are the rehearsal's own."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    temporary = place.run / "tmp"
    temporary.mkdir(exist_ok=True, mode=0o700)
    return {
        **kept,
        "HOME": str(Path(place.folder) / "home"),
        "TMPDIR": str(temporary),
        "LANG": "C.UTF-8",
        "XDG_CACHE_HOME": str(places.caches()),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PYTHONUNBUFFERED": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "ONBOARD_REHEARSAL": place.id,
    }


def inhabit(bindings: Bindings, rehearsals: Path) -> None:
    """Move this process into the world that the bindings name: its namespace, its home, nothing of the user's.

    The real world needs no moving. A rehearsal's bindings count only when they are those of the rehearsal that stands
    in this workspace, and when nothing leads out of its namespace: PlanRefused (5) else, for a "rehearsal" that could
    reach a real machine is none.
    """
    if bindings.world != "rehearsal":
        return
    own = rehearsals / bindings.id
    place = Place(id=bindings.id, folder=str(own), hosts="none" if bindings.hosts == "none" else "lab")
    known = own / "bindings.json"
    if not known.is_file() or not place.run.is_dir():
        raise UsageError(
            f"the world of rehearsal {bindings.id} is gone", fix="rehearse again with --keep, and name its bindings"
        )
    if msgspec.json.decode(known.read_bytes(), type=Bindings) != msgspec.structs.replace(bindings, intrusive=False):
        raise PlanRefused(f"the bindings are not those of rehearsal {bindings.id}", fix=f"name {known}")
    if bindings.hosts == "real" or (bindings.hosts == "lab" and bindings.netns is None):
        raise PlanRefused("a rehearsal never reaches real hosts", fix="onboard rehearse PATH")
    if os.environ.get("ONBOARD_REHEARSAL") != bindings.id:
        wanted = environment(place)
        os.environ.clear()
        os.environ.update(wanted)
    if bindings.netns is not None:
        namespace.enter_here(bindings.netns)
        if namespace.leads_out():
            raise PlanRefused(
                "the rehearsal's namespace has a way out", fix="onboard rehearse down, and rehearse again"
            )


def is_faulted(bindings: Bindings) -> bool:
    """Whether a fault or corruption was ever ordered at the rehearsal's cloud: after one, a pass proves nothing.

    The same holds where that cloud is gone: nothing is left that could say what was done to it.
    """
    if bindings.world != "rehearsal" or bindings.aws.endpoint is None:
        return False
    from toolkit.rehearsal.world import count_orders, find_world

    place = Place(id=bindings.id, folder=str(Path(bindings.state).parent), hosts="none")
    return find_world(place.run / "world") is None or count_orders(place.orders) > 0


def remove_world(place: Place) -> list[str]:
    """Stop and remove everything of the rehearsal; gives what is left."""
    from toolkit.rehearsal.world import find_world

    world = find_world(place.run / "world")
    if world is not None:
        world.stop()
    if place.hosts == "none":
        processes.kill_tagged("ONBOARD_REHEARSAL", place.id)
    left: list[str] = []
    if _may_have_namespace():
        from toolkit.rehearsal.lab.teardown import down

        left = down(place.id, folder=Path(place.folder) / "lab")
    shutil.rmtree(place.run, ignore_errors=True)
    left += [f"process: {pid}" for pid in processes.tagged("ONBOARD_REHEARSAL", place.id)]
    if not left:
        shutil.rmtree(place.folder, ignore_errors=True)
    return left


def _with_lab(place: Place, prepared: Prepared, bindings: Bindings, *, say: Say) -> Bindings:
    from toolkit.rehearsal.lab import lifecycle, probing
    from toolkit.rehearsal.lab.topology import topology

    wanted = topology(prepared.inventory, prepared.profile, place.id)
    state = lifecycle.up(wanted, Path(place.folder) / "lab", say=say)
    return msgspec.structs.replace(
        bindings,
        console="container",
        console_command=lifecycle.console_commands(state),
        ssh_key=state.ssh_key,
        host_bindings=lifecycle.host_bindings(state),
        proxy=state.proxy,
        receiver_log=state.receiver_log,
        probe_command=probing.probe_commands(state),
    )


def _namespace(place: Place) -> str | None:
    """The world's namespace, made where the lab has not made it; None where this user may make none."""
    if not _may_have_namespace():
        return None
    netns = namespace.namespace(place.id)
    namespace.make(netns)
    return netns


def _may_have_namespace() -> bool:
    return sys.platform.startswith("linux") and os.geteuid() == 0 and shutil.which("ip") is not None


def _cloud(place: Place, prepared: Prepared, *, say: Say) -> str | None:
    """Start the stand-in cloud, or find it; gives its loopback endpoint, None when no tenant is on AWS."""
    from toolkit.rehearsal.standin import install_launcher
    from toolkit.rehearsal.world import find_world, start_world

    tenant = next((tenant for tenant in prepared.inventory.tenants if tenant.platform.kind == "aws"), None)
    if tenant is None:
        return None
    folder = place.run / "world"
    world = find_world(folder)
    if world is None:
        say("starting the stand-in cloud")
        world = start_world(
            folder,
            account=tenant.platform.account,
            region=tenant.platform.region,
            orders=place.orders,
            env={"ONBOARD_REHEARSAL": place.id},
        )
    with contextlib.suppress(FileExistsError):
        (place.run / "engine").mkdir(mode=0o700)
    install_launcher(place.run / "engine", endpoint=world.endpoint, account=world.account, control=world.control)
    return world.endpoint
