"""What a command costs, also where its processes are reaped by themselves: counted by control groups.

A parent's `os.times` leaves out children that nobody waits for, and the machine's own clock counts whatever
else runs. A control group counts what its processes use, and those that come from them, and nothing else.
"""

import contextlib
import os
import subprocess
import threading
import time
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
INTERVAL = 0.02  # seconds between looks at new processes and at memory
PARTS = ("kernels", "workers")
KERNELS = b"warm.py"  # what stands in their command line


class Meter:
    """Runs commands in groups of their own, where those can be made.

    Parameters
    ----------
    name : str
        A part of the groups' names.
    """

    def __init__(self, name="bench"):
        self._name = f"{name}-{os.getpid()}"
        self.processor, self.memory = _own("cpuacct"), _own("memory")

    @property
    def is_exact(self):
        """Whether there are groups; otherwise the whole machine is measured."""
        return self.processor is not None

    def run(self, command, cores=None, **options):
        """Run a command; return the Cost and the `subprocess.CompletedProcess`.

        Parameters
        ----------
        command : list of str
            The command.
        cores : str, optional
            The cores it may use, as ``taskset`` takes them.
        options : dict
            Of `subprocess.run`.
        """
        if cores:
            command = ["taskset", "--cpu-list", cores, *command]
        with contextlib.ExitStack() as stack:
            groups = [
                stack.enter_context(_made(parent / self._name))
                for parent in {self.processor, self.memory} - {None}
            ]
            parts = {}
            if self.processor:
                own = self.processor / self._name
                parts = {part: stack.enter_context(_made(own / part)) for part in PARTS}
            joins = "".join(f"echo $$ > {group}/cgroup.procs; " for group in groups)
            memory = self.memory and self.memory / self._name
            watch = stack.enter_context(_Watch(self.processor and own, parts, memory))
            done = subprocess.run(
                ["sh", "-c", f'{joins}exec "$@"', "sh", *command],  # noqa: S607
                check=False,
                **options,
            )
            watch.end()
            return watch.cost(), done


class Cost:
    """What a command cost.

    Parameters
    ----------
    seconds : float
        Of wall time.
    processor : float
        Processor seconds of all its processes.
    parts : dict of str to float
        Of these the kernels' and the workers', and the command's own.
    memory : float
        The most memory, in MiB, that its processes held at a time; files that they map are not counted.
    """

    def __init__(self, seconds, processor, parts, memory):
        self.seconds, self.processor, self.parts, self.memory = seconds, processor, parts, memory


class _Watch:
    def __init__(self, group, parts, memory):
        self._group, self._parts, self._memory = group, parts, memory
        self._over, self._most = threading.Event(), 0.0
        self._free, self._busy, self._start = _available(), _busy(), time.monotonic()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def end(self):
        self._seconds = time.monotonic() - self._start
        self.__exit__()
        self._used = _used(self._group) if self._group else _busy() - self._busy

    def cost(self):
        parts = {part: _used(group) for part, group in self._parts.items()}
        if parts:
            parts["command"] = self._used - sum(parts.values())
        return Cost(self._seconds, self._used, parts, self._most)

    def _look(self):
        while not self._over.wait(INTERVAL):
            if self._group:
                self._sort()
            held = _held(self._memory) if self._memory else self._free - _available()
            self._most = max(self._most, held / 2**20)

    def _sort(self):
        """Put the parent of kernels and the workers where what comes from them is counted."""
        for group in (self._group, self._parts["workers"]):  # workers may start kernels' parents
            for process in (group / "cgroup.procs").read_text().split():
                with contextlib.suppress(OSError):
                    part = _part(process)
                    if part and self._parts[part] != group:
                        (self._parts[part] / "cgroup.procs").write_text(process)


def _part(process):
    """Return the part that a process belongs to; a worker is a fork of the command, and is called as it."""
    words = Path(f"/proc/{process}/cmdline").read_bytes()
    if KERNELS in words:
        return "kernels"
    parent = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1]
    return "workers" if words and words == Path(f"/proc/{parent}/cmdline").read_bytes() else None


def _own(controller):
    """Return the group of this process in which others can be made, or None."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, names, path = line.split(":", 2)
        if controller in names.split(","):
            own = ROOT / controller / path.lstrip("/")
        elif not names and (ROOT / "cgroup.controllers").exists():  # version 2 has one tree
            own = ROOT / path.lstrip("/")
        else:
            continue
        if os.access(own, os.W_OK):
            return own
    return None


@contextlib.contextmanager
def _made(folder):
    folder.mkdir(exist_ok=True)
    try:
        yield folder
    finally:
        for _ in range(100):  # until the last process has gone
            with contextlib.suppress(OSError):
                folder.rmdir()
                break
            time.sleep(0.02)


def _used(group):
    version_1 = group / "cpuacct.usage"
    if version_1.exists():
        return int(version_1.read_text()) / 1e9
    return int(_table(group / "cpu.stat")["usage_usec"]) / 1e6


def _held(group):
    """Return the bytes that a group's processes hold: their own memory, and what they share of it."""
    if not (group / "memory.stat").exists():
        return 0
    table = _table(group / "memory.stat")
    own = table.get("anon") or table.get("total_rss") or table.get("rss") or 0
    return int(own) + int(table.get("shmem") or table.get("total_shmem") or 0)


def _table(path):
    return dict(line.split() for line in path.read_text().splitlines())


def _busy():
    """Return the seconds that this machine's processors have worked."""
    user, nice, system, _, _, *rest = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:])
    return (user + nice + system + sum(rest[:2])) / os.sysconf("SC_CLK_TCK")


def _available():
    """Return the memory of this machine that is free for use, in bytes."""
    lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    return int(lines["MemAvailable"].split()[0]) * 1024
