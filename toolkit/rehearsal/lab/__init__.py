"""The host lab: real Debian machines in containers, generated from the inventory, wired inside one network namespace."""
