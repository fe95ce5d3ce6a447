"""Run a notebook in the sandbox; with each test, have its answer compared outside it."""

import contextlib
import math
import re
import secrets
import signal
import time
from functools import partial
from queue import Empty

from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbgrader.preprocessors import Execute
from nbgrader.utils import has_failed, is_grade, is_solution
from traitlets import Instance, Integer, Unicode

from attnlib.catalogue import EXERCISES
from attnlib.checking import CheckFailed
from grader.grading.output import SHOWN, error_content, error_output, fair_count, fitting, stream_output
from grader.grading.verify import NotAnswered, Question
from grader.notebook.cells import test_of
from grader.notebook.graded import ENDED, NOT_ANSWERED, RECORD
from grader.notebook.submission import files_beside
from grader.sandbox.guard import guarded
from grader.sandbox.provisioner import SandboxedKernelManager
from grader.sandbox.sandbox import Sandbox

PING_SECONDS = 5
GRACE = 15  # seconds after a cell's time in which it is interrupted and pinged, before its kernel is ended
SEED_BYTES = 16


class VerifyingExecute(Execute):
    """Executes a notebook; with each test cell, compares the answer on inputs that nobody has seen.

    What happens in the kernel can take marks away and can't give any: a test passes if its cell ran without
    an error and the answer, asked for again by this process on inputs drawn from a secret seed, equals
    attnlib's.
    """

    seed = Unicode(
        help="What the secret inputs are drawn from, in hexadecimal digits. Empty: drawn for each run."
    ).tag(config=True)
    notebook_timeout = Integer(300, help="Most time for a whole notebook, in seconds.").tag(config=True)
    most_output = Integer(100_000, help="Most output kept of each cell, in characters.").tag(config=True)
    most_outputs = Integer(1_000_000, help="Most output kept of a whole notebook, in characters.").tag(
        config=True
    )
    most_held = Integer(
        512,
        help="Most memory that a kernel's messages may take in the grader, in MiB; more ends the kernel.",
    ).tag(config=True)
    sandbox = Instance(Sandbox)

    def __init__(self, files=None, **kwargs):
        super().__init__(
            kernel_manager_class=AsyncKernelManager,
            shutdown_kernel="immediate",
            record_timing=False,
            **kwargs,
        )
        self.sandbox = Sandbox.instance(parent=self)
        self.files = files
        self.seed = self.seed or secrets.token_hex(SEED_BYTES)
        if not re.fullmatch("[0-9a-fA-F]+", self.seed):
            raise ValueError(f"a seed is hexadecimal digits, got {self.seed!r}")

    def create_kernel_manager(self):
        """Return the manager of a kernel in the sandbox, or of an ordinary one where that was chosen."""
        if self.sandbox.enabled:
            files, path = self.files, self.resources["metadata"].get("path")
            if files is None and path:
                files = files_beside(path, self.sandbox.submitted_files * 2**20)
            self.km = SandboxedKernelManager(self.sandbox, files, config=self.config)
        else:
            self.km = AsyncKernelManager(kernel_name="python3", config=self.config)
        return self.km

    def preprocess(self, nb, resources, km=None):
        """Execute and verify every cell of `nb`; record the seed in its metadata."""
        self._ended, self._stopped, self._judged = None, None, []
        self._until, self._left = math.inf, self.most_outputs
        self._deadline = time.monotonic() + self.notebook_timeout
        with guarded(self._stop_kernel, self.most_held * 2**20, lambda: self._until):
            nb, resources = super().preprocess(nb, resources, km)
        nb.metadata[RECORD] = {"seed": self.seed, "judged": self._judged}
        return nb, resources

    def _stop_kernel(self, reason):
        self._stopped = reason
        kernel = getattr(self.km.provisioner, "kernel", None)  # only ours has one
        if kernel is not None:
            kernel.signal(signal.SIGKILL)

    def preprocess_cell(self, cell, resources, index):
        """Execute a cell and, if it is a test, verify what it tests."""
        if cell.cell_type != "code":
            return cell, resources
        room = self._room = min(self.most_output, self._left)
        self._timed_out, self._reply, question = False, None, None
        if self._ended is None:
            try:
                question = self._question(cell)
                with self._waiting(), self._asking(question):
                    super().preprocess_cell(cell, resources, index)
                    if self._timed_out:
                        self._require_reply()
            except Exception as error:
                self._end(error)
        self._left -= room - max(0, self._room)
        if self._ended is not None:
            cell.outputs.append(error_output(ENDED, self._ended))
        elif question is not None:
            self._verify(cell, question)
        return cell, resources

    def _question(self, cell):
        """Return what the test in a cell asks for; None, if it is no test, or of nothing that is known."""
        if not is_grade(cell) or is_solution(cell):
            return None
        grade_id = cell.metadata.nbgrader["grade_id"]
        name, kind = test_of(grade_id)
        if name is None:
            self.log.warning(
                "%s is not verified outside the sandbox: the catalogue has no such exercise", grade_id
            )
            return None
        return Question(EXERCISES[name], seed=self.seed, hidden=kind == "hidden")

    @contextlib.contextmanager
    def _asking(self, question):
        """Have a question answered with the cell that is run in this block: one message asks for both."""
        client = self.kc
        if question is not None:
            client.execute = partial(client.execute, user_expressions={"answer": question.expression})
        try:
            yield
        finally:
            vars(client).pop("execute", None)

    @contextlib.contextmanager
    def _waiting(self):
        """Let the kernel be ended from outside if this block, which waits for it, takes too long."""
        self._until = time.monotonic() + self._get_timeout(None) + GRACE
        try:
            yield
        finally:
            self._until = math.inf

    def on_cell_executed(self, **kwargs):
        """Take an error that came with the reply alone, but not at any length; keep what was answered."""
        content = self._reply = kwargs["execute_reply"]["content"]
        kwargs["cell"].execution_count = fair_count(content.get("execution_count"))
        if content["status"] == "error":
            content |= error_content(content)
        super().on_cell_executed(**kwargs)

    def process_message(self, msg, cell, cell_index):
        """Take a message with what it counts, if that is a number."""
        if "execution_count" in msg["content"]:
            msg["content"]["execution_count"] = fair_count(msg["content"]["execution_count"])
        return super().process_message(msg, cell, cell_index)

    def _verify(self, cell, question):
        # a number as a test's value would be its mark
        cell.outputs = [output for output in cell.outputs if output.output_type != "execute_result"]
        if has_failed(cell):
            return
        ask = run_sync(self._async_ask)
        try:
            question.verify(self._reply or ask(question.expression), ask)
        except CheckFailed as failed:
            cell.outputs.append(
                error_output(type(failed).__name__, str(failed), failed._render_traceback_())
            )
            self._judged.append(cell.metadata.nbgrader["grade_id"])
        except NotAnswered as reason:
            cell.outputs.append(error_output(NOT_ANSWERED, f"{question.name}: {reason}"))
        except Exception as error:
            self._end(error)
            cell.outputs.append(error_output(ENDED, self._ended))

    async def _async_ask(self, expression):
        with self._waiting():
            message = self.kc.execute(
                "", silent=True, store_history=False, user_expressions={"answer": expression}
            )
            try:
                return (await self._reply_to(message, self._get_timeout(None)))["content"]
            except Empty:
                await self._async_handle_timeout(self._get_timeout(None))
                await self._async_require_reply()
                raise NotAnswered(f"it took more than {self.timeout} seconds.") from None

    async def _async_require_reply(self):
        try:
            await self._reply_to(self.kc.kernel_info(), PING_SECONDS)
        except Empty:
            raise RuntimeError("it went on after it had been interrupted") from None

    def _require_reply(self):
        run_sync(self._async_require_reply)()

    async def _reply_to(self, message, timeout):
        deadline = time.monotonic() + timeout
        while True:
            left = deadline - time.monotonic()
            try:
                reply = await self.kc.shell_channel.get_msg(timeout=max(0, min(1, left)))
            except Empty:
                await self._async_check_alive()
            else:
                if reply["parent_header"].get("msg_id") == message:
                    return reply
            if left <= 0:  # also where others' replies never cease
                raise Empty

    def _end(self, error):
        """Give the kernel up: the tests from here on fail, and say why."""
        reason = self._stopped or (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        self._ended = f"The notebook's Python was ended ({reason}); nothing after that could be run."
        self.log.warning(self._ended)
        run_sync(self.km.shutdown_kernel)(now=True)

    def _get_timeout(self, cell):
        left = self._deadline - time.monotonic()
        return max(1, min(super()._get_timeout(cell) or left, left))

    async def _async_handle_timeout(self, timeout, cell=None):
        self._timed_out = True
        if time.monotonic() >= self._deadline:
            raise TimeoutError(f"the notebook took more than {self.notebook_timeout} seconds")
        return await super()._async_handle_timeout(timeout, cell)

    def output(self, outs, msg, display_id, cell_index):
        """Keep an output, as far as there is room."""
        if msg["msg_type"] not in SHOWN:
            return None  # nbclient would log each
        msg, self._room = fitting(msg, self._room)
        if msg is None:
            return None
        printed = None if self.clear_before_next_output else stream_output(msg)
        if printed is None:
            return super().output(outs, msg, None, cell_index)
        outs.append(printed)
        return printed

    def handle_comm_msg(self, outs, msg, cell_index):
        """Take no part in a conversation with widgets: nobody looks at them while grading."""
