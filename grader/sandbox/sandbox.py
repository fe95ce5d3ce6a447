"""A place for strangers' code: bubblewrap around a parent of kernels, and limits on each kernel."""

import atexit
import contextlib
import os
import secrets
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

from traitlets import Bool, Integer, List, Unicode
from traitlets.config import SingletonConfigurable

from grader.sandbox.error import MISSING, SandboxError
from grader.sandbox.kernel import Kernel
from grader.sandbox.parent import Parent
from grader.sandbox.place import Place, a_stranger


class Sandbox(SingletonConfigurable):
    """Settings of the sandbox, and the one that runs.

    One sandbox, `Sandbox.instance`, serves all kernels of a grading process. Where the system lets them,
    its kernels are forked from one parent and separated from one another; where not, each kernel gets a
    sandbox of its own. A process that is forked from the grader's shares it, and has kernels of its own.
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
            "numpy.random",
            "tornado.platform.asyncio",
        ],
        help="Modules that are imported once, for all kernels. One that isn't there is left out.",
    ).tag(config=True)
    bubblewrap = Unicode("bwrap", help="The command that makes the sandbox.").tag(config=True)

    _begun = None  # a place that was started before anyone's settings were known

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._place = None
        self._lock = threading.Lock()
        self._owner = self._user = os.getpid()
        self._maker = None

    @classmethod
    def begin(cls):
        """Start one as the settings stand by default, and don't wait; the first that is needed may take it.

        Where none can be started, nothing is said yet.
        """
        with contextlib.suppress(OSError, SandboxError):
            cls._begun = Place(cls())
            atexit.register(cls._taken)

    @classmethod
    def _taken(cls, sandbox=None):
        """Return the place that was begun if it suits a sandbox; close one that suits none."""
        begun, cls._begun = cls._begun, None
        if begun is None or (sandbox is not None and begun.parent.alive and begun.parent.suits(sandbox)):
            return begun
        begun.close()
        return None

    def require(self):
        """Raise SandboxError, with what to do about it, unless this machine can make a sandbox."""
        if shutil.which(self.bubblewrap) is None:
            raise SandboxError(MISSING.format(reason="is not installed"))
        with self._lock:
            self._ensure_started()

    def kernel(self, files):
        """Return a Kernel that begins now, with these files in its home; the next one gets ready meanwhile.

        Parameters
        ----------
        files : dict of str to bytes
            By their paths.

        Raises
        ------
        SandboxError
            If it doesn't start.
        """
        with self._lock:
            self._ensure_started()
            if self._maker is None or self._user != os.getpid():  # threads aren't forked
                self._user = os.getpid()
                self._maker = ThreadPoolExecutor(1, thread_name_prefix="kernels")
                self._next = self._maker.submit(self._made)
            waiting, self._next = self._next, self._maker.submit(self._made)
        kernel = waiting.result() if waiting.exception() is None else None
        if kernel is None or not kernel.alive:  # something has ended it, or what it comes from
            if kernel is not None:
                kernel.close()
            with self._lock:
                self._ensure_started()
            kernel = self._made()
        kernel.begin(files)
        return kernel

    def _made(self):
        """Return a new Kernel, which waits for its notebook."""
        folder = self._place.kernels / secrets.token_hex(4)
        folder.mkdir(mode=0o700)
        if self._separate:
            return Kernel(self, self._place.parent.control, folder, self._place.stranger)
        stranger = a_stranger()
        own = Parent(self, folder, stranger, alone=True)
        try:
            own.wait()
        except BaseException:
            own.close()
            raise
        return Kernel(self, own.control, folder, stranger, parent=own)

    def _ensure_started(self):
        if self._place is not None and self._place.parent.alive:
            return
        self.close()  # what was left if it was killed
        self._owner = os.getpid()
        place = self._taken(self) or Place(self)
        try:
            can_separate = place.parent.wait()
        except BaseException:
            place.close()
            raise
        self._place, self._separate = place, self.share and can_separate
        if not self._separate:
            self.log.warning("kernels can't be separated within one sandbox here: each gets its own")
        atexit.register(self.close)

    def close(self):
        """Stop every kernel of this process and, if it started the sandbox, that with every folder."""
        started = self._place is not None and self._owner == os.getpid()
        if started:
            self._place.parent.close()
        if self._maker is not None and self._user == os.getpid():
            self._maker.shutdown(cancel_futures=True)
            if not self._next.cancelled() and self._next.exception() is None:
                self._next.result().close()
            self._maker = None
        if started:
            self._place.close()
            self._place = None
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
