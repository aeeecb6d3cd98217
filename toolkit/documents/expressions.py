"""Texts and expressions of templates over the facts: sandboxed Jinja2, of which nothing but facts is seen.

Values are never taken for templates. What a text prints passes ``_print``, which makes control and private-use characters
visible (``toolkit.visible``); so a run's marker, which is made of private-use characters, can only come from here.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from toolkit.documents.missing import NONE, Missing
from toolkit.documents.model import Code, Gap, Inline, Link, Run, Text
from toolkit.documents.template import Found, Texts
from toolkit.documents.typography import figure, percent, spaced, written_date, written_time
from toolkit.visible import visible

_MARK = re.compile("\ue000([0-9]+)\ue001")
_BRACES = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", re.DOTALL)
_TICKED = re.compile(r"`([^`'\u2019{}\\]+)`")
_BLANK = re.compile(r"[ \t\n]+")


class _Sandbox(ImmutableSandboxedEnvironment):
    """Facts are mappings: a name after a dot is a key and never a method; what is missing stays missing."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if obj is None or isinstance(obj, Missing):
            return obj
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


class Speaker:
    """Evaluates one template's expressions and says its texts, in one language, over ``facts``."""

    def __init__(self, found: Found, texts: Texts, facts: Mapping[str, Any], language: str) -> None:
        self._found, self._texts, self._facts, self._language = found, texts, facts, language
        self._inlines: list[Inline] = []
        self._compiled: dict[tuple[str, str], Any] = {}
        self._environment = _Sandbox(undefined=_unknown(facts), finalize=self._print, autoescape=False)
        self._environment.filters.update(
            word=self._word, code=_code, percent=self._percent, figure=self._figure, missing_as=_missing_as
        )

    def let(self, name: str, function: Callable[..., Any]) -> None:
        """Make a function known to every text and expression."""
        self._environment.globals[name] = function

    def value(self, expression: str, scope: Mapping[str, Any], *, at: str) -> Any:
        """What an expression is worth; ``at`` names its place in the template, for messages."""
        compiled = self._compile("=", expression, at=at)
        with self._told(at, expression):
            found = compiled(**{**self._facts, **scope})
            if isinstance(found, jinja2.Undefined):
                str(found)
            return found

    def holds(self, expression: str | None, scope: Mapping[str, Any], *, at: str) -> bool:
        """Whether a condition holds; none always does."""
        return expression is None or bool(self.value(expression, scope, at=at))

    def paragraphs(self, key: str, scope: Mapping[str, Any], *, at: str) -> tuple[Run, ...]:
        """The text of that key as paragraphs; one that has nothing to say is left out."""
        said = (self._said(part, scope, at=f"{at}, text {key}") for part in self._text(key, at=at).split("\n\n"))
        return tuple(run for run in said if run)

    def line(self, key: str, scope: Mapping[str, Any], *, at: str) -> Run:
        """The text of that key as one run."""
        return self._said(self._text(key, at=at), scope, at=f"{at}, text {key}")

    def plain(self, key: str, scope: Mapping[str, Any], *, at: str) -> str:
        """The text of that key where only characters can stand: a title, a caption."""
        said = self.line(key, scope, at=at)
        return "".join(f"[{one.what}]" if isinstance(one, Gap) else one.text for one in said)

    def cell(self, expression: str, scope: Mapping[str, Any], *, at: str, what: str) -> Run:
        """The value of an expression as a run; ``what`` names it where it is None."""
        return self.shown(self.value(expression, scope, at=at), at=f"{at} ({expression})", what=what)

    def shown(self, value: Any, *, at: str, what: str) -> Run:
        """A value as a run; ``what`` names it where it is None."""
        with self._told(at, what):
            if value is None:
                value = Gap(what=what, where=self._word("inventory", "origins"))
            return self._run(str(self._print(value)))

    def gap(self, missing: Missing) -> Gap:
        """The gap as it is written in the document's language."""
        what = self._word(missing.what, "facts") + (f" ({visible(missing.of)})" if missing.of else "")
        where = self._word(missing.where, "origins")
        colon = spaced(" : ", "fr") if self._language == "fr" else ": "
        return Gap(what=what, where=where + (f"{colon}{visible(missing.at)}" if missing.at else ""))

    def _text(self, key: str, *, at: str) -> str:
        if key not in self._texts.texts:
            raise self._found.fault(
                f"{at}: no text {key!r} in {self._language}{_nearest(key, self._texts.texts)}",
                fix=f"write it into texts/{self._language}/{self._found.template.id}.yaml",
            )
        return self._texts.texts[key]

    def _said(self, written: str, scope: Mapping[str, Any], *, at: str) -> Run:
        template = self._compile("", written, at=at)
        with self._told(at, written):
            return self._run(template.render(**{**self._facts, **scope}).strip(" "))

    def _compile(self, kind: str, written: str, *, at: str) -> Any:
        known = self._compiled.get((kind, written))
        if known is None:
            with self._told(at, written):
                if kind:
                    known = self._environment.compile_expression(written, undefined_to_none=False)
                else:
                    known = self._environment.from_string(self._typeset(written))
            self._compiled[kind, written] = known
        return known

    def _typeset(self, written: str) -> str:
        """Our own words with the language's spaces, `` `words` `` as code; what stands in braces is left as it is."""
        parts = _BRACES.split(written.strip())
        told = (
            part if number % 2 else spaced(_BLANK.sub(" ", part), self._language) for number, part in enumerate(parts)
        )
        return "".join(_TICKED.sub(r"{{ '\1' | code }}", part) for part in told)

    def _print(self, value: Any) -> Any:
        """What Jinja2 puts into a text for a value: its characters made harmless, or the marker of a run."""
        if value is None or isinstance(value, Missing):
            value = self.gap(Missing(what="value") if value is None else value)
        if isinstance(value, Gap | Code | Text | Link):
            self._inlines.append(value)
            return f"\ue000{len(self._inlines) - 1}\ue001"
        if isinstance(value, tuple | list):
            return ", ".join(str(self._print(one)) for one in value) if value else NONE
        if isinstance(value, jinja2.Undefined):
            return str(value)
        return self._written(value)

    def _written(self, value: Any) -> str:
        if isinstance(value, bool):
            return str(self._word("yes" if value else "no", "answers"))
        if isinstance(value, dt.datetime):
            return written_time(value, self._language)
        if isinstance(value, dt.date):
            return written_date(value, self._language)
        if isinstance(value, int | Decimal):
            return figure(str(value), self._language)
        if isinstance(value, str):
            return visible(value)
        raise TypeError(f"a {type(value).__name__} cannot be printed; name one of its parts")

    def _run(self, rendered: str) -> Run:
        run: list[Inline] = []
        for number, part in enumerate(_MARK.split(rendered)):
            if number % 2:
                run.append(self._inlines[int(part)])
            elif part:
                run.append(Text(part))
        return tuple(run)

    def _word(self, value: Any, group: str) -> Any:
        """The word for a value; a value that has none (an added service's) stands for itself."""
        if value is None or isinstance(value, Missing):
            return value
        if isinstance(value, tuple | list):
            return tuple(self._word(one, group) for one in value)
        if group not in self._texts.words:
            raise jinja2.TemplateRuntimeError(f"no words {group!r}{_nearest(group, self._texts.words)}")
        word = self._texts.words[group].get(str(value))
        return str(value) if word is None else spaced(_BLANK.sub(" ", word.strip()), self._language)

    def _percent(self, value: Any) -> Any:
        return value if value is None or isinstance(value, Missing) else percent(str(value), self._language)

    def _figure(self, value: Any) -> Any:
        return value if value is None or isinstance(value, Missing) else figure(str(value), self._language)

    def _told(self, at: str, written: str) -> _Told:
        return _Told(self._found, at, written)


class _Told:
    """Turns what Jinja2 and a wrong operation raise into an error that names the template and the place in it."""

    def __init__(self, found: Found, at: str, written: str) -> None:
        self._found, self._at, self._written = found, at, written

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, jinja2.TemplateError | TypeError | ValueError | ArithmeticError | LookupError):
            short = self._written if len(self._written) <= 120 else self._written[:119] + "…"
            said = getattr(error, "message", None) or str(error)
            raise self._found.fault(
                f"{self._at}: {said} (in: {short})",
                fix="see the names that templates know: onboard documents PATH --facts",
            ) from error


def _unknown(facts: Mapping[str, Any]) -> type[jinja2.StrictUndefined]:
    """What an unknown name evaluates to: an error when it is used, which names the nearest known one."""

    class Unknown(jinja2.StrictUndefined):
        @property
        def _undefined_message(self) -> str:
            named = self._undefined_obj
            known = named if isinstance(named, Mapping) else facts
            return f"no field {self._undefined_name!r}{_nearest(str(self._undefined_name), known)}"

    return Unknown


def _nearest(name: str, known: Iterable[str]) -> str:
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" (the nearest known one is {found[0]!r})" if found else f" (known: {', '.join(sorted(known))})"


def _code(value: Any) -> Any:
    """A value that is shown as it is written; each of several."""
    if value is None or isinstance(value, Missing):
        return value
    if isinstance(value, tuple | list):
        return tuple(_code(one) for one in value)
    return Text(NONE) if value == NONE else Code(visible(str(value)))


def _missing_as(value: Any, what: str, of: str = "", where: str = "inventory", at: str = "") -> Any:
    """``value``, or the gap of that name where it is None."""
    return Missing(what=what, of=of, where=where, at=at) if value is None else value
