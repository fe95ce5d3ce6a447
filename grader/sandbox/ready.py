"""A kernel of which all that can be made is made before it is forked.

It runs in the sandbox, beside `warm.py`, and imports nothing of this package. Settings and the shell are
made once; sockets and threads are each kernel's own. What a notebook that nobody looks at has no use for is
left out: the debugger, the heartbeat, subshells, whose thread would hand on every message, and the messages
that a cell has begun.
"""

import os
import sys
import threading
from functools import lru_cache
from pathlib import Path

import zmq
from ipykernel.compiler import XCachingCompiler
from ipykernel.control import ControlThread
from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.application import BaseIPythonApplication
from zmq.eventloop.zmqstream import ZMQStream


class NoThread:
    """Stands where ipykernel expects the thread of subshells, and says that there is none."""

    parent_thread = threading.main_thread()

    def __bool__(self):
        return False


class ReadyShell(ZMQInteractiveShell):
    """IPython's shell, which looks at each cell once and not at each step."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.transform_cell = lru_cache(1)(self.transform_cell)
        self.should_run_async = lru_cache(1)(self.should_run_async)

    def _format_exception_for_storage(self, exception, *args, **kwargs):
        """Keep no second traceback: nobody asks for a history."""
        return {"ename": type(exception).__name__, "evalue": "", "traceback": []}


class ReadyStream(OutStream):
    """What is printed; where there is nothing, the thread that sends it is not woken and waited for."""

    def flush(self):
        """Send what waits to be sent."""
        if any(buffer.tell() for buffer in self._buffers.values()):
            super().flush()


class ReadyKernel(IPythonKernel):
    """IPython's kernel without subshells and without a debugger; it tells when a cell ends.

    It doesn't tell that it starts. Who sends on a socket of ZeroMQ's takes the news from who listens on it:
    a subscription that came at that moment was not heard, and its welcome, which the grader waits for,
    never sent, once in ten thousand kernels.
    """

    _supports_kernel_subshells = False
    _execute_sleep = 0

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.shell.kernel = self  # it was made before

    def _publish_status(self, status, *args, **kwargs):
        if status not in ("starting", "busy"):
            super()._publish_status(status, *args, **kwargs)

    def _publish_execute_input(self, code, parent, execution_count):
        """Tell nobody: the reply has the count."""


class ReadyApp(IPKernelApp):
    """ipykernel's start, in two parts."""

    outstream_class = f"{__name__}.ReadyStream"

    def make_ready(self):
        """Make what doesn't depend on the kernel's connection, before the process is forked."""
        BaseIPythonApplication.initialize(self, ["--HistoryManager.enabled=False"])
        self.log.setLevel(self.log_level)  # else records are made that no handler takes
        self.init_pdb()
        shell = self.shell = ReadyShell.instance(
            parent=self, profile_dir=self.profile_dir, user_ns={}, compiler_class=XCachingCompiler
        )
        self.init_path()
        self.init_gui_pylab()
        self.init_extensions()
        self.init_code()
        try:
            raise ValueError
        except ValueError:  # the first traceback imports much, and compiles what colours it
            shell.InteractiveTB.structured_traceback(*sys.exc_info())
        self.kernel = ReadyKernel.instance(
            parent=self,
            session=self.session,
            shell_channel_thread=NoThread(),
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
        )
        shell.run_cell("1;")
        shell.user_expressions({"answer": "1"})

    def connect(self, connection):
        """Make the rest, and bind the sockets that a connection file names."""
        self.connection_file = str(connection)
        Path(self.profile_dir.location).mkdir(parents=True, exist_ok=True)  # in the kernel's own home
        self.profile_dir.check_dirs()
        self.session.pid = os.getpid()  # or it would send nothing: it tells forks from who made it
        self.init_connection_file()
        self.init_sockets()
        self.init_io()
        self.init_signal()
        self.init_kernel()
        self.init_shell()

    def init_kernel(self):
        """Make the kernel, with a thread for interrupts and none for other messages."""
        kernel, shell = self.kernel, self.shell
        kernel.control_thread = self.control_thread
        kernel.control_stream = ZMQStream(self.control_socket, self.control_thread.io_loop)
        kernel.shell_stream = ZMQStream(self.shell_socket)
        kernel.iopub_thread = self.iopub_thread
        kernel.iopub_socket = self.iopub_socket
        shell.displayhook.pub_socket = shell.display_pub.pub_socket = self.iopub_socket
        kernel.stdin_socket = self.stdin_socket
        self.control_thread.start()
        self.displayhook.get_execution_count = lambda: self.kernel.execution_count

    def init_control(self, context):
        """Make the channel for interrupts alone."""
        self.control_socket = context.socket(zmq.ROUTER)
        self.control_socket.linger = 1000
        self.control_port = self._bind_socket(self.control_socket, self.control_port)
        self.control_thread = ControlThread(daemon=True)
