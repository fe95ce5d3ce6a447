"""The parent of kernels: bubblewrap's command line, and the process that it starts."""

import json
import os
import select
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import attnlib
import grader
from grader.sandbox.error import MISSING, SandboxError
from grader.sandbox.kernel import START_SECONDS

SCRIPTS = [Path(__file__).with_name(name) for name in ("warm.py", "ready.py")]
INSIDE = Path("/run/spotlight")


class Parent:
    """The sandboxed process that forks kernels.

    Parameters
    ----------
    sandbox, kernels, stranger, alone
        As of `command_line`.

    Raises
    ------
    OSError
        If it can't be started.
    """

    def __init__(self, sandbox, kernels, stranger, *, alone=False):
        self.control, inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._owner = os.getpid()
        self._settled = kernels, inside.fileno(), stranger
        self._command = command_line(sandbox, *self._settled, alone=alone)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        try:
            with inside:
                self._process = subprocess.Popen(  # noqa: S603
                    self._command,
                    pass_fds=[inside.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=self._errors,
                    start_new_session=True,  # a terminal's Ctrl-C is for the grader, which ends this
                )
        except BaseException:
            self.control.close()
            self._errors.close()
            raise
        self.control.settimeout(START_SECONDS)

    def wait(self):
        """Wait until it listens; return whether it can separate kernels from one another.

        Raises
        ------
        SandboxError
            If it ended before; the text says what to do.
        """
        try:
            return json.loads(self.control.recv(4096))["separate"]
        except (OSError, ValueError) as error:
            self._process.kill()
            self._process.wait()
            self._errors.seek(0)
            said = self._errors.read().decode(errors="replace").strip() or error
            raise SandboxError(MISSING.format(reason=f"doesn't work here ({said})")) from None

    def suits(self, sandbox):
        """Return whether it was started as it would be with the settings of `sandbox`."""
        return command_line(sandbox, *self._settled) == self._command

    @property
    def alive(self):
        """Whether it runs, also for a process that was forked from the one that started it."""
        if self._owner == os.getpid() and self._process.poll() is not None:
            return False
        closed = select.poll()
        closed.register(self.control, 0)
        return not closed.poll(0)

    def close(self):
        """End it, with all its kernels."""
        self.control.close()
        self._process.kill()
        self._process.wait()
        self._errors.close()


def command_line(sandbox, kernels, control, stranger, *, alone=False):
    """Return the command that starts the parent of kernels in a sandbox.

    Parameters
    ----------
    sandbox : grader.sandbox.sandbox.Sandbox
        Whose settings it has.
    kernels : pathlib.Path
        The folder of the kernels' folders, or of the one kernel.
    control : int
        The file descriptor on which the parent listens.
    stranger : int
        The user and group that it runs as, where the grader is root.
    alone : bool, default False
        Whether there is to be one kernel.
    """
    seen = {Path(attnlib.__file__).parent: INSIDE / "attnlib"}
    seen |= {script: INSIDE / script.name for script in SCRIPTS}
    python = Path(sys.executable)
    if sys.base_prefix != "/usr":
        seen[Path(sys.base_prefix)] = Path(sys.base_prefix)
    if sys.prefix != sys.base_prefix:  # under another name, since a kernel's own /tmp may cover it
        seen[Path(sys.prefix)] = INSIDE / "venv"
        python = INSIDE / "venv" / "bin" / python.name  # it may have been started as ../bin/python
    arguments = [sandbox.bubblewrap, "--die-with-parent", "--new-session", "--clearenv"]
    arguments += [f"--unshare-{what}" for what in ("ipc", "pid", "net", "uts", "cgroup-try")]
    arguments += ["--hostname", "sandbox", "--ro-bind", "/usr", "/usr", "--dir", "/etc"]
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"):
        if Path(name).is_symlink():
            arguments += ["--symlink", str(Path(name).readlink()), name]
        else:
            arguments += ["--ro-bind-try", name, name]
    for name in ("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/alternatives"):
        arguments += ["--ro-bind-try", name, name]
    for outside, place in seen.items():
        for parent in reversed(place.parents[:-1]):  # bubblewrap's own would be closed to others
            arguments += ["--dir", str(parent)]
        arguments += ["--ro-bind", str(outside), str(place)]
    for place in hidden(seen | {Path("/usr"): Path("/usr")}):
        arguments += ["--tmpfs", str(place), "--remount-ro", str(place)]
    arguments += ["--proc", "/proc", "--dev", "/dev", "--dir", "/run/kernel"]
    for folder in ("/tmp", "/dev/shm", "/home/student"):  # noqa: S108 - the sandbox's own
        mode = "1777" if alone or folder == "/home/student" else "0755"  # the parent's own has its settings
        arguments += ["--size", str(sandbox.scratch * 2**20), "--perms", mode, "--tmpfs", folder]
    arguments += ["--bind", str(kernels), "/run/kernel" if alone else "/run/kernels"]
    arguments += ["--remount-ro", "/", "--remount-ro", "/dev"]  # shared by all kernels
    environment = {
        "HOME": "/home/student",
        "USER": "student",
        "LANG": "C.UTF-8",
        "PATH": f"{python.parent}:/usr/bin:/bin",
        "PYTHONPATH": str(INSIDE),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    for name, value in environment.items():
        arguments += ["--setenv", name, value]
    if os.geteuid() == 0:  # root's processes can't be counted, so kernels aren't root's
        who = [f"--reuid={stranger}", f"--regid={stranger}", "--clear-groups"]
        arguments += ["--", "setpriv", *who, "--bounding-set=-all", "--inh-caps=-all"]
    else:
        arguments[1:1] = ["--unshare-user"]
        arguments += ["--"]
    settings = json.dumps({"preload": sandbox.preload, "control": control})
    return [*arguments, str(python), str(INSIDE / "warm.py"), settings]


def hidden(seen):
    """Return the places in the sandbox that have to be covered.

    The key must not be read where it lies in a folder that kernels see: the grader when it is installed as
    a wheel, beside all that kernels import, and the course when its folder is below ``/usr``.

    Parameters
    ----------
    seen : dict of pathlib.Path to pathlib.Path
        The folders that kernels see, and the places where they see them.
    """
    secret = {Path(grader.__file__).resolve().parent, Path.cwd()}
    return [
        place / folder.relative_to(outside.resolve())
        for outside, place in seen.items()
        for folder in sorted(secret)
        if outside.resolve() in folder.parents
    ]
