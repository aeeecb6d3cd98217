"""Other people's text made harmless for a terminal and a page: what moves a cursor or hides is shown as an escape."""

from __future__ import annotations

import unicodedata

_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def visible(text: str, *, keep_newlines: bool = False) -> str:
    r"""``text`` with control, format, private and unassigned characters written as ``\x0a``, ``\u202e`` or ``\U000e0001``.

    On one line, unless ``keep_newlines``: then line feeds stay (other ends of lines do not).
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char == "\n" and keep_newlines else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    if unicodedata.category(char) not in _HIDDEN:
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
