"""The language server: a thin adapter between pygls and what this package finds out (LSP 3.17, over stdin and stdout)."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import msgspec
from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from toolkit import __version__
from toolkit.editor.buffers import check_buffers, is_inventory, text_of, values
from toolkit.editor.completion import choices
from toolkit.editor.cursor import hole_at
from toolkit.editor.hover import hover, token_around
from toolkit.editor.positions import Positions
from toolkit.inventory.mending import Edit, mend
from toolkit.inventory.mending.tokens import tokens_of
from toolkit.inventory.readers.place import Place
from toolkit.model.problem import Problem
from toolkit.visible import visible

_PAUSE = 0.2
"""Seconds without a keystroke before the text is checked."""
_MOST = 1000
"""Problems of a file that an editor is told of: nobody mends more at once."""
_SEVERITY = {"error": types.DiagnosticSeverity.Error, "warning": types.DiagnosticSeverity.Warning}
_KINDS = {
    "key": types.CompletionItemKind.Property,
    "word": types.CompletionItemKind.EnumMember,
    "id": types.CompletionItemKind.Reference,
}


class Found(msgspec.Struct, frozen=True):
    """The problems of a text, and their safe corrections."""

    text: str
    problems: list[Problem]
    edits: tuple[Edit, ...]


class Server(LanguageServer):
    """Holds the open texts and what was found in them."""

    def __init__(self) -> None:
        # whole texts: positions of partial changes depend on what counts as a line
        super().__init__("onboard", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.buffers: dict[Path, str] = {}
        self.found: dict[Path, Found] = {}
        self._turn: dict[Path, int] = {}
        self._checking = threading.Lock()

    def positions(self, path: Path) -> Positions:
        """Of the text as the editor has it, in the encoding that was agreed on."""
        return Positions(
            text_of(path, self.buffers), types.PositionEncodingKind(self.workspace.position_encoding or "utf-16").value
        )

    async def look(self, path: Path) -> None:
        """Check the inventory of ``path`` when nothing more is typed, and publish what was found."""
        turn = self._turn[path] = self._turn.get(path, 0) + 1
        await asyncio.sleep(_PAUSE)
        if self._turn.get(path) != turn:
            return
        buffers = dict(self.buffers)
        found = await asyncio.to_thread(self._check, path, buffers)
        if self._turn.get(path) != turn:
            return
        for piece, seen in found.items():
            self.found[piece] = seen
            self.publish(piece, self._diagnostics(piece, seen.problems))

    def _check(self, path: Path, buffers: dict[Path, str]) -> dict[Path, Found]:
        if not is_inventory(path, buffers.get(path, "")):
            return {path: Found("", [], ())}
        with self._checking:
            problems = check_buffers(path, buffers)
        found: dict[Path, Found] = {}
        service = next((named for value in values(path, buffers) if (named := _service(value))), None)
        for piece, own in problems.items():
            text = text_of(piece, buffers)
            found[piece] = Found(text, own, mend(piece.name, text, own, service=service).edits)
        return found

    def publish(self, path: Path, diagnostics: list[types.Diagnostic]) -> None:
        """Show these and no others of a file."""
        uri = from_fs_path(str(path))
        if uri is not None:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=diagnostics))

    def _diagnostics(self, path: Path, problems: list[Problem]) -> list[types.Diagnostic]:
        positions = self.positions(path)
        token_at = tokens_of(path.name, positions.text)
        found: list[types.Diagnostic] = []
        for problem in problems[:_MOST]:
            start = positions.offset_of_place(Place(problem.line or 1, problem.column or 1))
            token = token_at(start)
            end = token.end if token else positions.line_end(start)
            found.append(
                types.Diagnostic(
                    range=self.range(positions, start, end),
                    message=visible(problem.message) + (f"\nfix: {visible(problem.fix)}" if problem.fix else ""),
                    severity=_SEVERITY[problem.severity],
                    code=problem.rule,
                    source="onboard",
                )
            )
        return found

    def range(self, positions: Positions, start: int, end: int) -> types.Range:
        """A range of the protocol from two offsets."""
        begin, stop = positions.of_offset(start), positions.of_offset(end)
        return types.Range(types.Position(*begin), types.Position(*stop))

    def action(
        self, path: Path, uri: str, title: str, edits: list[Edit], kind: types.CodeActionKind
    ) -> types.CodeAction:
        """A correction as the editor makes it."""
        positions = self.positions(path)
        changes = [types.TextEdit(self.range(positions, edit.start, edit.end), edit.text) for edit in edits]
        return types.CodeAction(
            title=title, kind=kind, is_preferred=True, edit=types.WorkspaceEdit(changes={uri: changes})
        )


def _written(kind: types.CodeActionKind | str | None) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind or ""


def _service(value: object) -> str | None:
    named = value.get("service") if isinstance(value, dict) else None
    return named if isinstance(named, str) else None


def _path(uri: str) -> Path | None:
    name = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(name) if name else None


def make_server() -> Server:
    """A server with its features; ``start_io`` runs it."""
    server = Server()
    _follow_texts(server)
    _answer(server)
    return server


def _follow_texts(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: types.DidOpenTextDocumentParams) -> None:
        await changed_to(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        await changed_to(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: types.DidSaveTextDocumentParams) -> None:
        await changed_to(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        path = _path(params.text_document.uri)
        if path is not None:
            server.buffers.pop(path, None)
            server.found.pop(path, None)
            server.publish(path, [])

    async def changed_to(uri: str) -> None:
        path = _path(uri)
        if path is not None:
            server.buffers[path] = server.workspace.get_text_document(uri).source
            await server.look(path)


def _answer(server: Server) -> None:
    options = types.CompletionOptions(trigger_characters=[" ", '"', "/", "-", "["])

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, options)
    def complete(params: types.CompletionParams) -> types.CompletionList | None:
        path = _path(params.text_document.uri)
        if path is None or not is_inventory(path, server.buffers.get(path, "")):
            return None
        positions = server.positions(path)
        offset = positions.offset(params.position.line, params.position.character)
        hole = hole_at(path.name, positions.text, offset)
        found = choices(path.name, hole, values(path, server.buffers)) if hole else []
        items = [
            types.CompletionItem(
                label=choice.label,
                kind=_KINDS[choice.kind],
                detail=visible(choice.title) or None,
                documentation=choice.about or None,
                sort_text=f"{0 if choice.required else 1}{index:04}",
                filter_text=choice.label,
                text_edit=types.TextEdit(server.range(positions, hole.start, hole.end), choice.written),
            )
            for index, choice in enumerate(found)
            if hole
        ]
        return types.CompletionList(is_incomplete=False, items=items)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def help_(params: types.HoverParams) -> types.Hover | None:
        path = _path(params.text_document.uri)
        if path is None or not is_inventory(path, server.buffers.get(path, "")):
            return None
        positions = server.positions(path)
        offset = positions.offset(params.position.line, params.position.character)
        token = token_around(path.name, positions.text, offset)
        seen = server.found.get(path)
        rules = [
            problem.rule
            for problem in (seen.problems if seen and token else ())
            if token
            and token.start <= positions.offset_of_place(Place(problem.line or 1, problem.column or 1)) <= token.end
        ]
        told = hover(path.name, positions, offset, rules=rules, others=values(path, server.buffers))
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, told)) if told else None

    kinds = types.CodeActionOptions([types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll])

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, kinds)
    def correct(params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        path = _path(uri)
        seen = server.found.get(path) if path else None
        if path is None or seen is None or seen.text != text_of(path, server.buffers) or not seen.edits:
            return []
        positions = server.positions(path)
        start = positions.offset(params.range.start.line, params.range.start.character)
        end = positions.offset(params.range.end.line, params.range.end.character)
        actions = [
            server.action(path, uri, f"Write {visible(edit.text)}", [edit], types.CodeActionKind.QuickFix)
            for edit in seen.edits
            if edit.start <= end and start <= edit.end
        ]
        every = server.action(
            path, uri, "Make every correction that is beyond doubt", list(seen.edits), types.CodeActionKind.SourceFixAll
        )
        wanted = tuple(_written(kind) for kind in params.context.only or ())
        return [action for action in (*actions, every) if not wanted or _written(action.kind).startswith(wanted)]
