"""What is mounted below a folder, and its removal."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path


def mount_points() -> list[str]:
    """Every mount point that this process sees, as a path; the kernel writes blanks in octal (proc(5))."""
    lines = Path("/proc/self/mounts").read_text().splitlines()
    return [re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), line.split()[1]) for line in lines]


def unmount_below(folder: Path) -> None:
    """Unmount whatever lies below ``folder``, deepest first; what is busy goes when its last user does."""
    prefix = f"{folder.resolve()}/"
    for point in sorted((point for point in mount_points() if point.startswith(prefix)), key=len, reverse=True):
        subprocess.run(["umount", "--lazy", point], capture_output=True, check=False)
