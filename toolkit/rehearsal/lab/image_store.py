"""Builds the lab's images once per machine; rehearsals read the finished store and never write to it."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from toolkit import places, processes
from toolkit.errors import OnboardError, PrerequisiteMissing
from toolkit.rehearsal.lab import images
from toolkit.rehearsal.lab.apt_sources import Source, as_file, machine_sources
from toolkit.rehearsal.lab.mounts import unmount_below
from toolkit.rehearsal.lab.podman import PACKAGES, Podman, PodmanPaths, tool_environment

Say = Callable[[str], None]


def cache_folder() -> Path:
    """Where this machine keeps images and packages: ``$XDG_CACHE_HOME`` or ``~/.cache``, below ``onboarding-toolkit/lab``."""
    return places.cache() / "lab"


def ensure_images(say: Say, *, cache: Path | None = None) -> Path:
    """The finished image store of this machine, built first where it is missing (about a minute).

    Two builders never race: the second waits for the first one's lock and then finds the work done. A store that
    a killed builder left is recognised by its missing mark, and built again.
    """
    cache = cache or cache_folder()
    sources = machine_sources()
    store = cache / f"images-{images.recipe_digest(sources)}"
    if (store / "complete").exists():
        return store / "root"
    cache.mkdir(parents=True, exist_ok=True)
    with processes.locked(
        cache / "images.lock", on_wait=lambda: say("another rehearsal is building the lab's images; waiting for it")
    ):
        if not (store / "complete").exists():
            _remove_tree(store)
            _build(store, cache, sources, say)
    return store / "root"


def _build(store: Path, cache: Path, sources: tuple[Source, ...], say: Say) -> None:
    began = time.monotonic()
    build, packages = store / "build", cache / "packages"
    for folder in (build / "scratch", packages / "archives" / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    (build / "outside.sources").write_text(as_file(sources, plain=False))
    (build / "inside.sources").write_text(as_file(sources, plain=True))
    say("building the lab's base image from this machine's Debian sources (once per machine)")
    tarball = build / "base.tar"
    _call(
        images.base_command(
            tarball=str(tarball), sources=str(build / "outside.sources"), inside=str(build / "inside.sources")
        ),
        scratch=build / "scratch",
    )
    podman = Podman(
        PodmanPaths(
            configuration=str(build),
            runtime=str(build / "runc"),
            graphroot=str(store / "root"),
            runroot=str(build / "run"),
            tmp=str(build / "tmp"),
        ),
        tags={},
    )
    podman.prepare()
    say(f"base image in {time.monotonic() - began:.0f} s; adding gateway and hub")
    started = ["--change", 'CMD ["/sbin/init"]', "--change", "STOPSIGNAL SIGRTMIN+3"]
    podman.run("import", "--quiet", *started, str(tarball), images.tag("base"), timeout=300, bound=True)
    tarball.unlink()
    mounts = (
        f"{packages / 'archives'}:/var/cache/apt/archives",
        f"{build / 'outside.sources'}:/run/lab-sources:ro",
        f"{build / 'inside.sources'}:/run/lab-inside:ro",
    )
    volumes = [part for mount in mounts for part in ("--volume", mount)]
    for image, text in images.CONTAINERFILES.items():
        recipe = build / f"Containerfile.{image}"
        recipe.write_text(text.replace("FROM onboard/", "FROM localhost/onboard/", 1).replace("\n", ":lab\n", 1))
        # Image building is one of the two named exceptions to "no way out": it needs the machine's package sources.
        podman.run(
            *("build", "--quiet", "--network", "host", "--pull=never", *volumes),
            *("--tag", images.tag(image), "--file", str(recipe), str(build / "tmp")),
            timeout=900,
            bound=True,
        )
    unmount_below(store)
    shutil.rmtree(build, ignore_errors=True)
    (store / "complete").touch()
    say(f"the lab's images are ready ({time.monotonic() - began:.0f} s)")


def _call(command: list[str], *, scratch: Path) -> None:
    env = tool_environment(str(scratch))
    try:
        # When this process dies, so do the builder and its helpers: a killed rehearsal leaves nothing running or mounted.
        done = subprocess.run(
            processes.dying_with_parent([*processes.own_processes(own_mounts=True), *command]),
            capture_output=True,
            text=True,
            env=env,
            timeout=900,
            check=False,
        )
    except FileNotFoundError as error:
        raise PrerequisiteMissing(f"{command[0]} is missing", fix=f"apt-get install {' '.join(PACKAGES)}") from error
    if done.returncode:
        tail = " / ".join(done.stderr.strip().splitlines()[-4:])
        raise OnboardError(
            f"{command[0]} failed: {tail}", fix="see whether this machine's apt sources answer: apt-get update"
        )


def clear_unfinished(*, cache: Path | None = None) -> None:
    """Take away what a killed build left mounted, unless somebody builds now (who then does it)."""
    root = cache or cache_folder()
    if not (root / "images.lock").exists():
        return
    with (root / "images.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        for build in root.glob("images-*/build"):
            _remove_tree(build)


def _remove_tree(folder: Path) -> None:
    if folder.exists():
        unmount_below(folder)
        shutil.rmtree(folder)
