"""The machine's own Debian 12 sources, read from apt's files: the lab's only way to packages.

Formats: sources.list(5), one-line and deb822. The lab names no mirror of its own.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from toolkit.errors import PrerequisiteMissing

RELEASE = "bookworm"
_ONE_LINE = re.compile(r"^deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>.+)$")


class Origin(NamedTuple):
    """A host that packages come from; ``scheme`` is how the machine itself reaches it."""

    scheme: str
    host: str
    port: int | None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One apt source of Debian's main component; ``signed_by`` is a keyring's path on this machine, or empty."""

    uri: str
    suites: tuple[str, ...]
    signed_by: str = ""

    @property
    def origin(self) -> Origin:
        """Where the packages come from."""
        parts = urlsplit(self.uri)
        return Origin(parts.scheme, parts.hostname or "", parts.port)


def parse_deb822(text: str) -> tuple[Source, ...]:
    """Sources of one ``.sources`` file; stanzas that are disabled or not Debian 12's main are left out."""
    found: list[Source] = []
    for stanza in re.split(r"\n\s*\n", text):
        fields: dict[str, str] = {}
        key = ""
        for line in stanza.splitlines():
            if line.startswith("#"):
                continue
            if line[:1] in (" ", "\t"):
                fields[key] = f"{fields.get(key, '')} {line.strip()}"
            elif ":" in line:
                key, _, value = line.partition(":")
                key = key.strip().lower()
                fields[key] = value.strip()
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() in ("no", "false"):
            continue
        # An inline key (several words) stays with the machine's own keyrings: mmdebstrap finds those by itself.
        signed = fields.get("signed-by", "")
        found += _debian(
            fields.get("uris", "").split(),
            fields.get("suites", "").split(),
            fields.get("components", "").split(),
            signed if signed.startswith("/") and " " not in signed else "",
        )
    return tuple(found)


def parse_one_line(text: str) -> tuple[Source, ...]:
    """Sources of one ``.list`` file."""
    found: list[Source] = []
    for line in text.splitlines():
        match = _ONE_LINE.match(line.split("#", 1)[0].strip())
        if match:
            options = dict(part.split("=", 1) for part in (match["options"] or "").split() if "=" in part)
            signed = options.get("signed-by", "")
            found += _debian([match["uri"]], [match["suite"]], match["components"].split(), signed)
    return tuple(found)


def machine_sources(apt: Path = Path("/etc/apt")) -> tuple[Source, ...]:
    """Every Debian 12 source of the machine; raises PrerequisiteMissing when there is none."""
    found: list[Source] = []
    for path in sorted([*apt.glob("sources.list"), *apt.glob("sources.list.d/*.list")]):
        found += parse_one_line(path.read_text(errors="replace"))
    for path in sorted(apt.glob("sources.list.d/*.sources")):
        found += parse_deb822(path.read_text(errors="replace"))
    if not any(RELEASE in source.suites for source in found):
        raise PrerequisiteMissing(
            f"no apt source of this machine carries Debian 12 ({RELEASE}, main)",
            fix=f"add Debian's {RELEASE} main to /etc/apt/sources.list.d, or rehearse with --hosts none",
        )
    return tuple(found)


def as_file(sources: tuple[Source, ...], *, plain: bool) -> str:
    """The sources as one deb822 file; ``plain`` writes http throughout, because the package proxy must see the path."""
    stanzas = []
    for source in sources:
        uri = source.uri.replace("https://", "http://", 1) if plain else source.uri
        stanza = f"Types: deb\nURIs: {uri}\nSuites: {' '.join(source.suites)}\nComponents: main\n"
        stanzas.append(stanza + (f"Signed-By: {source.signed_by}\n" if source.signed_by else ""))
    return "\n".join(stanzas)


def _debian(uris: list[str], suites: list[str], components: list[str], signed_by: str) -> list[Source]:
    wanted = tuple(suite for suite in suites if suite.split("-")[0] == RELEASE)
    if not wanted or "main" not in components:
        return []
    return [
        Source(uri=uri, suites=wanted, signed_by=signed_by)
        for uri in uris
        if urlsplit(uri).scheme in ("http", "https") and urlsplit(uri).hostname
    ]
