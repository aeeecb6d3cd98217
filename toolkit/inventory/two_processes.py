"""One large file, checked by this process and a second one that take turns at its parts."""

from __future__ import annotations

import fcntl
import gc
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from queue import SimpleQueue
from typing import IO, Any, BinaryIO

from toolkit.errors import OnboardError
from toolkit.inventory.components import Components, Part
from toolkit.inventory.readers.piece import PartedPiece
from toolkit.processes import dying_with_parent

_Result = tuple[Any, Part, Any]
"""What the piece is to be told, what is known of the components, what else was made of them."""
_START = "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); from {} import work; work()"
_LOST = -1
_AHEAD = 4
"""Parts that the other process holds, so that it never waits for the next."""
_ROOM = 1024 * 1024
"""Bytes of a pipe."""


class Second:
    """A second process, and the thread that feeds it and takes what comes; ``arrived`` ends with None."""

    def __init__(self, piece: PartedPiece, header: Any, also: Any) -> None:
        # a session of its own: Ctrl-C is for this process, which ends the other, as does the end of its input
        self.process = subprocess.Popen(
            dying_with_parent([sys.executable, "-c", _START.format(__name__)]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        _widen(self.process.stdin, self.process.stdout)
        self.arrived: SimpleQueue[tuple[int, bytes] | None] = SimpleQueue()
        self._setting = header, also, type(piece).read_part
        self._piece = piece
        self._numbers = count()
        self._feeding = threading.Thread(target=self._feed, daemon=True)
        self._feeding.start()

    def turn(self) -> int | None:
        """The next part that nobody has taken; None after the last."""
        # one step of the interpreter, so that no lock is needed
        number = next(self._numbers)
        return number if number < self._piece.parts else None

    def _feed(self) -> None:
        to, back = self.process.stdin, self.process.stdout
        assert to is not None
        assert back is not None
        try:
            for setting in (sys.path, self._setting):
                pickle.dump(setting, to)
            asked: list[int] = []
            while True:
                while len(asked) < _AHEAD and (number := self.turn()) is not None:
                    asked.append(number)
                    pickle.dump(self._piece.task(number), to, protocol=pickle.HIGHEST_PROTOCOL)
                to.flush()
                if not asked:
                    break
                self.arrived.put((asked.pop(0), pickle.load(back)))  # noqa: S301 - from the process started here
        except Exception:  # noqa: BLE001 - whatever it is, the other thread waits for an end
            self.arrived.put((_LOST, b""))
        self.arrived.put(None)

    def end(self) -> None:
        """Now, whatever it does."""
        self.process.kill()
        self.process.wait()
        self._feeding.join()
        for stream in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                assert stream is not None
                stream.close()


def _widen(*pipes: IO[bytes] | None) -> None:
    """Make room for some answers, so that the other process need not wait until one of them is read (Linux, fcntl(2))."""
    for pipe in pipes:
        # the system may allow less, or know of no such size
        with suppress(OSError, AttributeError):
            assert pipe is not None
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _ROOM)


def share(piece: PartedPiece, header: Any, also: Any) -> Iterator[tuple[int, tuple[Part, Any]]]:
    """Size, what is known and what else was made of each part, in order.

    Raises ReadRefused as the piece does and OnboardError when the other process ends before its work; whatever ends
    this generator ends the other process.
    """
    second = Second(piece, header, also)
    try:
        read = _reader(header, also, piece.read_part)
        waiting: dict[int, _Result] = {}
        ended = False
        piece.begin()
        for following in range(piece.parts):
            while following not in waiting:
                number = second.turn()
                if number is not None:
                    waiting[number] = read(piece.task(number))
                while not ended and (number is None or not second.arrived.empty()):
                    arrived = second.arrived.get()
                    ended = arrived is None
                    if arrived is not None:
                        number = arrived[0]
                        waiting[number] = _received(*arrived)
            told, part, extra = waiting.pop(following)
            piece.take(told)
            yield part.size, (part, extra)
    finally:
        second.end()


def _reader(header: Any, also: Any, read_part: Callable[[Any], tuple[Any, list[Any]]]) -> Callable[[Any], _Result]:
    """What reads and checks a part."""
    components = Components(header)
    extra = also(header) if also else None

    def read(task: Any) -> _Result:
        told, items = read_part(task)
        return told, components.part(items), extra(items) if extra else None

    return read


def work() -> None:
    """The other process: answers each part with its result, pickled, until its input ends."""
    gc.disable()
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    read = _reader(*pickle.load(asked))  # noqa: S301 - from the process that started this one
    tasks: SimpleQueue[Any] = SimpleQueue()
    # what is asked is always taken: otherwise each could wait for the other to read
    threading.Thread(target=_listen, args=(asked, tasks), daemon=True).start()
    while (task := tasks.get()) is not None:
        try:
            answer: Any = read(task)
        except Exception as error:  # noqa: BLE001 - told to the one who can tell the user
            answer = f"{type(error).__name__}: {error}"
        # a pickle of its own within: taken apart when it is its turn, not by the thread that receives
        pickle.dump(pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL), answers)
        answers.flush()


def _listen(asked: BinaryIO, tasks: SimpleQueue[Any]) -> None:
    try:
        while True:
            tasks.put(pickle.load(asked))  # noqa: S301 - from the process that started this one
    except (EOFError, OSError, pickle.UnpicklingError):
        # the last one may be cut off, where the other process was killed
        pass
    finally:
        tasks.put(None)


def _received(number: int, message: bytes) -> _Result:
    if number == _LOST:
        raise OnboardError(
            "the second process of the check ended before its work",
            fix="try again; if it ends again, look for a lack of memory",
        )
    result: Any = pickle.loads(message)  # noqa: S301 - from the process that was started here
    if isinstance(result, str):
        raise OnboardError(f"the second process of the check failed: {result}", fix="run it again; report this")
    answer: _Result = result
    return answer
