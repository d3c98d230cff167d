"""Child processes in their own process group, with limits on time, memory and output; several may run at once.

A child is a program, or a module of this package. A module is run in a copy of this process (fork) where that is
safe, which saves starting Python once more, and as `python -m module` elsewhere; what it reads and prints is the same.
Where a child is sure to be needed a *spare* copy is made in advance, which imports what it needs while this process
prepares the request.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import math
import os
import resource
import select
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, NoReturn, TextIO

if TYPE_CHECKING:
    import subprocess

MEMORY_LIMIT = 6 * 2**30
OUTPUT_LIMIT = 256 * 2**20
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
FOREVER = 1e8
LARGEST_COPY = 2 * 2**30  # bytes of memory, mapped rather than used
_PARENT_STREAMS: list[object] = []
_SPARES: list[Child] = []


@contextlib.contextmanager
def clean_output() -> Iterator[TextIO]:
    """Inside a child: a stream for the answer alone; what libraries print on standard output goes to standard error."""
    sys.stdout.flush()
    answer = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    with answer:
        yield answer


@dataclass(frozen=True)
class ChildResult:
    """How a child process ended: return code (None when killed at the time limit), output, tail of its errors."""

    returncode: int | None
    stdout: bytes
    stderr: str
    seconds: float
    error: str = ""


def run_child(
    command: Sequence[str],
    stdin: bytes,
    seconds: float,
    environment: Mapping[str, str] | None = None,
    memory: int = MEMORY_LIMIT,
) -> ChildResult:
    """Run the command; never raises. Everything left of its process group is killed at the end."""
    with Child.program(command, stdin, seconds, environment, memory) as child:
        return child.result()


def run_module(module: str, stdin: bytes, seconds: float, memory: int = MEMORY_LIMIT) -> ChildResult:
    """Run the `main` of a module of this package in a child."""
    with Child.module(module, stdin, seconds, memory) as child:
        return child.result()


class Child:
    """A process that was started. Leaving the context kills its process group."""

    def __init__(self, stdin: bytes, seconds: float) -> None:
        self._start = time.monotonic()
        self._deadline = self._start + min(seconds, FOREVER)
        self._pid: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: int | None = None
        self._code: int | None = None
        self._error = ""
        self._files: tuple[IO[bytes], ...] = ()
        self._input = stdin
        self._orders: int | None = None  # of a spare: the pipe on which it waits

    @classmethod
    def program(
        cls,
        command: Sequence[str],
        stdin: bytes,
        seconds: float,
        environment: Mapping[str, str] | None = None,
        memory: int = MEMORY_LIMIT,
    ) -> Child:
        """A program with its arguments; never raises."""
        import subprocess

        child = cls(stdin, seconds)
        with child._starting():
            given, out, err = child._files
            child._process = subprocess.Popen(
                list(command),
                stdin=given,
                stdout=out,
                stderr=err,
                start_new_session=True,
                env=None if environment is None else dict(environment),
            )
            child._started(child._process.pid)
            _limit(child._process.pid, memory, seconds)
        return child

    @classmethod
    def module(cls, module: str, stdin: bytes, seconds: float, memory: int = MEMORY_LIMIT) -> Child:
        """The `main` of a module of this package; never raises."""
        while _SPARES:
            child = _SPARES.pop()
            if child._take(module, stdin, seconds, memory):
                return child
            child.close()
        if not may_fork():
            return cls.program([sys.executable, "-m", module], stdin, seconds, child_environment(), memory)
        child = cls(stdin, seconds)
        with child._starting():
            pid = os.fork()
            if pid == 0:
                _become(module, [file.fileno() for file in child._files], memory, seconds)
            child._started(pid)
        return child

    @classmethod
    def in_advance(cls, modules: Sequence[str]) -> Child | None:
        """A copy of this process that imports modules of this package and waits; None where there is none."""
        if not may_fork():
            return None
        child = cls(b"", FOREVER)
        with child._starting():
            orders, child._orders = os.pipe()
            try:
                pid = os.fork()
                if pid == 0:
                    _wait_for_orders(modules, orders, child._orders, [file.fileno() for file in child._files])
                child._started(pid)
            finally:
                os.close(orders)
        return child

    def _take(self, module: str, stdin: bytes, seconds: float, memory: int) -> bool:
        """Let a spare run this module; whether it is still there."""
        if self.ended() or self._orders is None or self._error:
            return False
        self._start = time.monotonic()
        self._deadline = self._start + min(seconds, FOREVER)
        orders, self._orders = self._orders, None
        try:
            self._files[0].write(stdin)
            self._files[0].seek(0)
            os.write(orders, f"{module} {memory} {seconds!r}".encode())
        except (OSError, ValueError, MemoryError):
            return False
        finally:
            os.close(orders)
        return True

    @contextlib.contextmanager
    def _starting(self) -> Iterator[None]:
        try:
            # Files instead of pipes: a grandchild that keeps a pipe open cannot make us wait.
            for _ in range(3):
                self._files = (*self._files, _scratch())
            self._files[0].write(self._input)
            self._files[0].seek(0)
            self._input = b""
            yield
        except (OSError, ValueError, MemoryError) as trouble:
            self._error = f"{type(trouble).__name__}: {trouble}"

    def _started(self, pid: int) -> None:
        self._pid = pid
        if hasattr(os, "pidfd_open"):
            with contextlib.suppress(OSError):
                self._watch = os.pidfd_open(pid)

    @property
    def remaining(self) -> float:
        """Seconds until the time limit."""
        return self._deadline - time.monotonic()

    def ended(self) -> bool:
        """Whether the process has ended, or was never started."""
        if self._pid is None or self._code is not None:
            return True
        # The process is left unreaped, so that its number and that of its group cannot be given to others.
        return os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def result(self) -> ChildResult:
        """Wait for the end, at most until the time limit; everything left of the process group is killed."""
        try:
            while not self.ended() and self.remaining > 0:
                wait_for([self], self.remaining)
            late = not self.ended()
            self._reap()
            seconds = time.monotonic() - self._start
            if self._error or self._code is None:
                return ChildResult(-1, b"", "", seconds, self._error or "not started")
            _, out, err = self._files
            out.seek(0)
            err.seek(0, os.SEEK_END)
            err.seek(max(0, err.tell() - 4000))
            errors = err.read().decode("utf-8", "replace").strip()
            return ChildResult(None if late else self._code, out.read(OUTPUT_LIMIT + 1), errors, seconds)
        except (OSError, ValueError, MemoryError) as trouble:
            return ChildResult(-1, b"", "", time.monotonic() - self._start, f"{type(trouble).__name__}: {trouble}")
        finally:
            self.close()

    def _reap(self) -> None:
        if self._pid is None or self._code is not None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, signal.SIGKILL)
        if not self.ended():  # a fork that has no group of its own yet
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(self._pid, signal.SIGKILL)
        if self._process is not None:
            self._code = self._process.wait()
        else:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def close(self) -> None:
        """Kill what is left and give back what is held; may be called again."""
        try:
            self._reap()
        finally:
            for number in (self._watch, self._orders):
                if number is not None:
                    os.close(number)
            self._watch = self._orders = None
            for file in self._files:
                file.close()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextlib.contextmanager
def spare(*modules: str) -> Iterator[None]:
    """A child in advance for what is done in this context, with these modules."""
    made = Child.in_advance(modules)
    if made is not None:
        _SPARES.append(made)
    try:
        yield
    finally:
        if made is not None and made in _SPARES:
            _SPARES.remove(made)
            made.close()


def wait_for(children: Sequence[Child], seconds: float) -> None:
    """Return when one of the children has ended, or after that time."""
    deadline = time.monotonic() + min(seconds, FOREVER)
    poll = select.poll() if all(child._watch is not None for child in children) else None
    if poll is not None:
        for child in children:
            poll.register(child._watch or 0, select.POLLIN)
    pause = 0.0005
    while not any(child.ended() for child in children):
        left = deadline - time.monotonic()
        if left <= 0:
            return
        if poll is not None:
            poll.poll(math.ceil(1000 * min(left, 60.0)))
        else:
            time.sleep(min(pause, left))
            pause = min(2 * pause, 0.02)


def _scratch() -> IO[bytes]:
    """An empty file without a name, in memory where the system can do that."""
    if hasattr(os, "memfd_create"):
        with contextlib.suppress(OSError):
            return os.fdopen(os.memfd_create("exactland"), "w+b")
    import tempfile

    return tempfile.TemporaryFile()


def child_environment() -> dict[str, str]:
    """The environment of a child of this Python: this package first on its path, one thread."""
    environment = {**os.environ, **ONE_THREAD}
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
    environment["PYTHONPATH"] = os.pathsep.join([root, *filter(None, [environment.get("PYTHONPATH")])])
    return environment


def may_fork() -> bool:
    """Whether a copy of this process is safe: on Linux, when it has one thread and is not too large for the limits.

    Elsewhere system libraries may hold locks in threads that the copy does not have.
    """
    if sys.platform != "linux" or threading.active_count() != 1:
        return False
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            pages = int(file.read().split()[0])
        return len(os.listdir("/proc/self/task")) == 1 and pages * resource.getpagesize() <= LARGEST_COPY
    except (OSError, ValueError):
        return False


def _become(module: str, files: Sequence[int], memory: int, seconds: float) -> NoReturn:
    """In a forked child: limits, streams, the module's `main`, the end. Nothing of the parent is run or written."""
    code = 1
    try:
        _leave_parent()
        code = _run(module, files, memory, seconds)
    except BaseException:
        _report()
    finally:
        os._exit(code)


def _wait_for_orders(modules: Sequence[str], orders: int, other: int, files: Sequence[int]) -> NoReturn:
    """In a forked child that is made in advance: imports, and the end when the parent has nothing to be done."""
    code = 1
    try:
        os.close(other)
        _leave_parent()
        for name in modules:
            with contextlib.suppress(Exception):  # it is met again when the module is run
                importlib.import_module(name)
        given = os.read(orders, 4096).decode()
        if given:
            module, memory, seconds = given.split()
            code = _run(module, files, int(memory), float(seconds))
    except BaseException:
        _report()
    finally:
        os._exit(code)


def _leave_parent() -> None:
    gc.freeze()  # what the parent has made is not looked at again, so that it stays shared
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGCHLD, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    os.environ.update(ONE_THREAD)


def _report() -> None:
    with contextlib.suppress(BaseException):
        import traceback

        os.write(2, traceback.format_exc().encode("utf-8", "replace"))


def _run(module: str, files: Sequence[int], memory: int, seconds: float) -> int:
    _limit(os.getpid(), memory, seconds)
    for target, file in enumerate(files):
        os.dup2(file, target)
    os.closerange(3, 4096)
    # The streams of the parent are kept, so that their buffers are never written here.
    _PARENT_STREAMS.extend((sys.stdin, sys.stdout, sys.stderr))
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    code = importlib.import_module(module).main()
    sys.stdout.flush()
    return int(code)


def _limit(pid: int, memory: int, seconds: float) -> None:
    """Limit memory, file size and processor time of a process that was just started, where the system can do that.

    The processor time ends children whose parent was killed; with a parent they are ended earlier.
    """
    if not hasattr(resource, "prlimit"):
        return
    for kind, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, OUTPUT_LIMIT),
        (resource.RLIMIT_CPU, int(min(seconds, FOREVER)) + 30 if seconds > 0 else 30),
    ):
        with contextlib.suppress(ProcessLookupError, PermissionError, ValueError, OSError):
            resource.prlimit(pid, kind, (value, value))
