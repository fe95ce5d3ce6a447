"""Kernels in the sandbox, for whatever asks jupyter_client for a kernel."""

import contextlib
import math
import time
from queue import Empty

import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import HBChannel
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerBase
from traitlets import Type, default

from grader.bounded_json import loads

NAME = "spotlight-sandbox"  # in grader/pyproject.toml, among the entry points
LARGEST_MESSAGE = 64 * 2**20  # bytes


class SandboxProvisioner(KernelProvisionerBase):
    """Starts, watches and ends one kernel in the sandbox of its manager."""

    kernel = None

    @property
    def has_process(self):
        """Whether a kernel has been started."""
        return self.kernel is not None

    async def poll(self):
        """Return None while the kernel runs."""
        return None if self.kernel is not None and self.kernel.alive else 0

    async def wait(self):
        """Forget the kernel, which has been killed."""
        self._close()

    async def send_signal(self, signum):
        """Send a signal to the kernel."""
        if self.kernel is not None:
            self.kernel.signal(signum)

    async def kill(self, restart=False):
        """End the kernel and every process that it has started."""
        self._close()

    async def terminate(self, restart=False):
        """End the kernel as `kill` does: nothing in it is worth a farewell."""
        self._close()

    async def pre_launch(self, **kwargs):
        """Take a kernel that is ready, with the files that belong in its home."""
        manager = self.parent
        self.kernel = manager.sandbox.kernel(manager.files)
        about = self.kernel.connection(self.kernel.folder)
        manager.connection_file = str(self.kernel.folder / "manager.json")  # goes when the folder goes
        manager.load_connection_info(about)
        self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=[], **kwargs)

    async def launch_kernel(self, cmd, **kwargs):
        """Return how to connect to the kernel, which has begun."""
        return self.connection_info

    async def cleanup(self, restart=False):
        """Remove what is left of the kernel."""
        self._close()

    def _close(self):
        if self.kernel is not None:
            self.kernel.close()
            self.kernel = None


class NoHeartbeat(HBChannel):
    """Asks no kernel whether it lives: the sandbox knows, and one that dies in between stops the asker."""

    def run(self):
        """Wait for the end."""
        self._exit.wait()

    def is_beating(self):
        """Return True."""
        return True


class BoundedClient(AsyncKernelClient):
    """A client that drops the connection when a kernel sends a message too large to be honest."""

    hb_channel_class = Type(NoHeartbeat)

    @default("context")
    def _context_default(self):
        self._created_context = True
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)  # of every socket it makes
        return context

    async def wait_for_ready(self, timeout=None):
        """Wait for the kernel's welcome, after which no output is lost; that it listens is known.

        Raises
        ------
        RuntimeError
            If it doesn't come.
        """
        until = time.monotonic() + (math.inf if timeout is None else timeout)
        while True:
            with contextlib.suppress(Empty):
                await self.iopub_channel.get_msg(timeout=1)
                return
            if time.monotonic() > until or not await self.is_alive():
                raise RuntimeError("the kernel has ended, or doesn't respond")


def _unpacked(data):
    """Return a part of a message, without the date of it: that would be parsed, and nobody asks for it."""
    part = loads(data, errors="replace")
    if isinstance(part, dict):
        part.pop("date", None)
    return part


class SandboxedKernelManager(AsyncKernelManager):
    """A manager of one Python kernel in a sandbox, whatever kernel a notebook names."""

    client_factory = Type(BoundedClient)

    def __init__(self, sandbox=None, files=None, **kwargs):
        super().__init__(transport="ipc", **kwargs)
        self.session.unpack = _unpacked
        self.sandbox = sandbox
        self.files = files or {}  # what the kernel finds in its home, by path

    @property
    def kernel_spec(self):
        """The one kernel there is; it is interrupted by a message."""
        return KernelSpec(
            argv=[],
            display_name="Python in the sandbox",
            language="python",
            interrupt_mode="message",
            metadata={"kernel_provisioner": {"provisioner_name": NAME}},
        )
