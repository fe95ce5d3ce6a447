"""A place for strangers' code: bubblewrap around a parent of kernels, and limits on each kernel."""

import atexit
import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from traitlets import Bool, Integer, List, Unicode
from traitlets.config import LoggingConfigurable

import attnlib
import grader
from grader.sandbox import cgroups

WARM = Path(__file__).with_name("warm.py")
INSIDE = Path("/run/spotlight")
FOLDERS = "spotlight-"  # what the names of temporary folders begin with
STRANGERS = range(61_184, 65_520)  # who kernels are where the grader is root: systemd's dynamic users
START_SECONDS = 60
LONGEST_FOLDER = 80  # characters; with what comes after them a socket's name has at most 107
MISSING = """\
Grading runs students' code in a sandbox, and bubblewrap, which makes it, {reason}.
  To install it:            sudo apt install bubblewrap     (Debian, Ubuntu; other systems have it too)
  To grade without it, knowing that the code then runs as you, with your files and your network:
                            add --Sandbox.enabled=False to the command"""


class SandboxError(RuntimeError):
    """The sandbox, or a kernel in it, can't be started; the text says why."""


class Sandbox(LoggingConfigurable):
    """Settings of the sandbox, and the one that runs.

    One sandbox serves all kernels of a grading process. Where the system lets them, its kernels are forked
    from one parent and separated from one another; where not, each kernel gets a sandbox of its own.
    """

    enabled = Bool(True, help="Run students' code in a sandbox. Without it, it runs as you.").tag(
        config=True
    )
    memory = Integer(1024, help="Most memory of a kernel, in MiB.").tag(config=True)
    processor_time = Integer(120, help="Most processor time of a process, in seconds.").tag(config=True)
    processes = Integer(64, help="Most processes and threads of a kernel at a time.").tag(config=True)
    file_size = Integer(32, help="Largest file that a kernel may write, in MiB.").tag(config=True)
    open_files = Integer(256, help="Most files that a process may have open.").tag(config=True)
    scratch = Integer(64, help="Room in each of /tmp, /dev/shm and the home folder, in MiB.").tag(
        config=True
    )
    submitted_files = Integer(
        16, help="Most of the files beside a notebook that its kernel gets, in MiB altogether."
    ).tag(config=True)
    share = Bool(True, help="Fork kernels from a warm parent where the system allows it.").tag(config=True)
    preload = List(
        Unicode(),
        [
            "attnlib.checking.remote",
            "ipykernel.debugger",
            "ipykernel.kernelapp",
            "ipykernel.zmqshell",
            "IPython.core.completerlib",
            "IPython.extensions.storemagic",
            "tornado.platform.asyncio",
        ],
        help="Modules that are imported once, for all kernels. One that isn't there is left out.",
    ).tag(config=True)
    bubblewrap = Unicode("bwrap", help="The command that makes the sandbox.").tag(config=True)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._process = None
        self._lock = threading.Lock()
        self._owner = os.getpid()

    def require(self):
        """Raise SandboxError, with what to do about it, unless this machine can make a sandbox."""
        if shutil.which(self.bubblewrap) is None:
            raise SandboxError(MISSING.format(reason="is not installed"))
        with self._lock:
            self._ensure_started()

    def folder(self):
        """Return a new folder for a kernel, in which its sockets and its connection file will be."""
        with self._lock:
            self._ensure_started()
            folder = self._folder / "kernels" / secrets.token_hex(4)
            folder.mkdir(mode=0o700)
            return folder

    def start_kernel(self, folder):
        """Start a kernel and return the Kernel.

        Parameters
        ----------
        folder : pathlib.Path
            One of `folder`'s, with a ``connection.json`` whose address is below `OWN_FOLDER`, and the files
            that the kernel finds in its home, if any, in ``files``.

        Raises
        ------
        SandboxError
            If it doesn't start.
        """
        with self._lock:
            self._ensure_started()
            stranger = self._stranger if self._separate else a_stranger()
        if os.geteuid() == 0:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, stranger, stranger, follow_symlinks=False)
        with self._lock:
            if not self._separate:
                own = _Parent(self, folder, stranger, alone=True)
                return Kernel(self, own.control, folder, separate=False, parent=own)
            return Kernel(self, self._process.control, folder, separate=True)

    def _ensure_started(self):
        if self._process is not None and self._process.alive and self._owner == os.getpid():
            return
        self.close()  # what was left if it was killed
        self._owner = os.getpid()
        sweep()
        self._folder, self._claim = _claimed_folder()
        kernels = self._folder / "kernels"
        kernels.mkdir(mode=0o711)
        try:
            self._stranger = a_stranger()
            self._process = _Parent(self, kernels, self._stranger)
        except SandboxError:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._claim.close()
            raise
        self._separate = self.share and self._process.can_separate
        if not self._separate:
            self.log.warning("kernels can't be separated within one sandbox here: each gets its own")
        atexit.register(self.close)

    def close(self):
        """Stop every kernel and remove every folder."""
        if self._process is not None and self._owner == os.getpid():
            self._process.close()
            self._process = None
            shutil.rmtree(self._folder, ignore_errors=True)
            self._claim.close()
            atexit.unregister(self.close)

    @property
    def limits(self):
        """The limits of a process, by the names of `resource`, without ``RLIMIT_``."""
        mib = 2**20
        return {
            "AS": self.memory * mib,
            "CPU": self.processor_time,
            "FSIZE": self.file_size * mib,
            "NOFILE": self.open_files,
            "NPROC": self.processes,
        }

    def command(self, kernels, control, stranger, *, alone=False):
        """Return the command that starts the parent of kernels in a sandbox.

        Parameters
        ----------
        kernels : pathlib.Path
            The folder of the kernels' folders, or of the one kernel.
        control : int
            The file descriptor on which the parent listens.
        stranger : int
            The user and group that it runs as, where the grader is root.
        alone : bool, default False
            Whether there is to be one kernel.
        """
        seen = {Path(attnlib.__file__).parent: INSIDE / "attnlib", WARM: INSIDE / "warm.py"}
        python = Path(sys.executable)
        if sys.base_prefix != "/usr":
            seen[Path(sys.base_prefix)] = Path(sys.base_prefix)
        if sys.prefix != sys.base_prefix:  # under another name, since a kernel's own /tmp may cover it
            seen[Path(sys.prefix)] = INSIDE / "venv"
            python = INSIDE / "venv" / "bin" / python.name  # it may have been started as ../bin/python
        arguments = [self.bubblewrap, "--die-with-parent", "--new-session", "--clearenv"]
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
            mode = "1777" if alone else "0755"
            arguments += ["--size", str(self.scratch * 2**20), "--perms", mode, "--tmpfs", folder]
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
        settings = json.dumps({"preload": self.preload, "control": control})
        return [*arguments, str(python), str(INSIDE / "warm.py"), settings]


class _Parent:
    """The sandboxed process that forks kernels."""

    def __init__(self, sandbox, kernels, stranger, *, alone=False):
        self.control, inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        with inside:
            self._process = subprocess.Popen(  # noqa: S603
                sandbox.command(kernels, inside.fileno(), stranger, alone=alone),
                pass_fds=[inside.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
            )
        self.control.settimeout(START_SECONDS)
        try:
            self.can_separate = json.loads(self.control.recv(4096))["separate"]
        except (OSError, ValueError) as error:
            self._process.kill()
            self._process.wait()
            self._errors.seek(0)
            said = self._errors.read().decode(errors="replace").strip() or error
            self.close()
            raise SandboxError(MISSING.format(reason=f"doesn't work here ({said})")) from None

    @property
    def alive(self):
        return self._process.poll() is None

    def close(self):
        self.control.close()
        self._process.kill()
        self._process.wait()
        self._errors.close()


class Kernel:
    """A kernel in a sandbox.

    Parameters
    ----------
    sandbox : Sandbox
        Whose limits it has.
    control : socket.socket
        Where its parent listens.
    folder : pathlib.Path
        Its folder, which is removed at the end.
    separate : bool
        Whether it gets namespaces of its own.
    parent : _Parent, optional
        A parent of its own, which ends with it.
    """

    def __init__(self, sandbox, control, folder, *, separate, parent=None):
        self.folder = folder
        self._parent = parent
        self._group = None
        self._pidfd = None
        self._link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._link.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._link.settimeout(START_SECONDS)
        asked = {
            "id": folder.name,
            "separate": separate,
            "scratch": sandbox.scratch,
            "limits": sandbox.limits,
        }
        try:
            with theirs:
                socket.send_fds(control, [json.dumps(asked).encode()], [theirs.fileno()])
            self._expect(b"hello")
            self._group = cgroups.enclose(self._number, sandbox.memory, sandbox.processes, folder.name)
            self._link.send(b"go")
            self._expect(b"ready")
        except (OSError, SandboxError) as error:
            self.close()
            raise SandboxError(f"a kernel can't be started: {error}") from None

    def _expect(self, word):
        said, extra, _, _ = self._link.recvmsg(2048, socket.CMSG_SPACE(struct.calcsize("3i")))
        if said != word:
            raise SandboxError(said.decode(errors="replace") or "its process ended")
        if word == b"hello":
            self._number = struct.unpack("3i", extra[0][2])[0]
            self._pidfd = os.pidfd_open(self._number)

    @property
    def alive(self):
        """Whether its process is there: its keeper has the other end of the link."""
        self._link.setblocking(False)
        try:
            return self._link.recv(1, socket.MSG_PEEK) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    def signal(self, number):
        """Send a signal to the kernel's first process."""
        if self._pidfd is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, number)

    def close(self):
        """End all its processes and remove its folder."""
        self.signal(signal.SIGKILL)
        if self._parent is not None:
            self._parent.close()
        self._link.close()
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None
        if self._group is not None:
            self._group.close()
            self._group = None
        shutil.rmtree(self.folder, ignore_errors=True)


def _claimed_folder():
    """Return a new temporary folder and its claim."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=FOLDERS))
        if len(str(folder)) > LONGEST_FOLDER:
            folder.rmdir()
            raise SandboxError(
                f"{folder.parent} is too long a name for kernels' sockets: set TMPDIR to a shorter one"
            )
        folder.chmod(0o711)
        with contextlib.suppress(FileNotFoundError):  # another grader swept it before it was claimed
            held = claim(folder)
            if (folder / "lock").exists():
                return folder, held
            held.close()


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


def a_stranger():
    """Return a user that nobody is: the limit on processes counts all that a user has."""
    return secrets.choice(STRANGERS)


def claim(folder):
    """Return an open file whose lock says that `folder` is in use, for as long as it is open."""
    held = (folder / "lock").open("w")
    fcntl.flock(held, fcntl.LOCK_EX)
    return held


def sweep():
    """Remove the folders of graders that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDERS}*"):
        with contextlib.suppress(OSError):
            folder.rmdir()  # if it was never claimed, it is empty
        with contextlib.suppress(OSError), (folder / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
    cgroups.sweep()
