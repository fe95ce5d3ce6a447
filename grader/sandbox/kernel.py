"""One kernel in a sandbox, from its start to the end of its processes."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import struct
from pathlib import Path

from grader.sandbox import cgroups
from grader.sandbox.error import SandboxError

START_SECONDS = 60
OWN_FOLDER = Path("/run/kernel")  # in the sandbox
PORTS = {name: number for number, name in enumerate(("shell", "iopub", "stdin", "control", "hb"), 1)}


class Kernel:
    """A kernel in a sandbox, ready for a notebook; it hears nothing before it may begin.

    Parameters
    ----------
    sandbox : Sandbox
        Whose limits it has.
    control : socket.socket
        Where its parent listens.
    folder : pathlib.Path
        A new folder for its sockets and files, which is removed at the end.
    stranger : int
        The user that it runs as, where the grader is root.
    parent : grader.sandbox.parent.Parent, optional
        A parent of its own, which ends with it. Without one it gets namespaces of its own.
    """

    def __init__(self, sandbox, control, folder, stranger, *, parent=None):
        self.folder = folder
        self._stranger = stranger
        self._parent = parent
        self._group = None
        self._pidfd = None
        self._link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._link.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._link.settimeout(START_SECONDS)
        self._key = secrets.token_hex(32)
        asked = {
            "id": folder.name,
            "separate": parent is None,
            "scratch": sandbox.scratch,
            "limits": sandbox.limits,
        }
        try:
            inside = self.connection(OWN_FOLDER)
            (folder / "connection.json").write_text(json.dumps(inside))
            self._own(folder, folder / "connection.json")
            with theirs:
                socket.send_fds(control, [json.dumps(asked).encode()], [theirs.fileno()])
            self._expect(b"hello")
            self._group = cgroups.enclose(self._number, sandbox.memory, sandbox.processes, folder.name)
            self._link.send(b"go")
            self._expect(b"ready")
            self._link.setblocking(False)
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

    def connection(self, folder):
        """Return how to connect to it where its folder is called `folder`, as Jupyter says it."""
        ports = {f"{name}_port": number for name, number in PORTS.items()}
        about = {"transport": "ipc", "ip": str(Path(folder) / "ipc"), "kernel_name": ""}
        return ports | about | {"signature_scheme": "hmac-sha256", "key": self._key}

    def begin(self, files):
        """Let it listen, with these files in its home, given as ``{path: bytes}``."""
        for name, data in files.items():
            place = self.folder / "files" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        if files:
            self._own(self.folder / "files", *(self.folder / "files").rglob("*"))
        try:
            self._link.send(b"begin")
        except OSError as error:
            raise SandboxError(f"a kernel can't be started: {error}") from None

    def _own(self, *paths):
        if os.geteuid() == 0:
            for path in paths:
                os.chown(path, self._stranger, self._stranger, follow_symlinks=False)

    @property
    def alive(self):
        """Whether its process is there: its keeper has the other end of the link."""
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
