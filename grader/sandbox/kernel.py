"""One kernel in a sandbox, from its start to the end of its processes."""

import contextlib
import json
import os
import shutil
import signal
import socket
import struct

from grader.sandbox import cgroups
from grader.sandbox.error import SandboxError

START_SECONDS = 60


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
    parent : grader.sandbox.parent.Parent, optional
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
