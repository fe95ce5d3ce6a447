"""Run a notebook in the sandbox, and compare its answers outside it."""

import codecs
import json
import re
import secrets
import signal
import time
import zlib
from queue import Empty

import nbformat
import numpy as np
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbgrader.preprocessors import Execute
from nbgrader.utils import has_failed, is_grade, is_solution
from traitlets import Instance, Integer, Unicode

from attnlib.catalogue import EXERCISES
from attnlib.checking import CheckFailed, Says, Verdict, judge, judge_outcomes, quiet
from attnlib.checking.remote import LARGEST_REPLY, decode, outcomes, request
from grader.notebook.cells import RECORD, test_of
from grader.notebook.submission import files_beside
from grader.sandbox.guard import guarded
from grader.sandbox.provisioner import SandboxedKernelManager
from grader.sandbox.sandbox import Sandbox

PING_SECONDS = 5
REMOTE = "__import__('attnlib.checking.remote', fromlist=['answer'])"
ASK = REMOTE + ".answer(get_ipython().user_ns, {name!r}, {asked!r})"
ENDED = "GradingStopped"


class NotAnswered(Exception):  # noqa: N818 - it is what happened, not an error of ours
    """A kernel's reply to a question of the grader's isn't one; the text says why."""


class VerifyingExecute(Execute):
    """Executes a notebook; after each test cell, compares the answer on inputs that nobody has seen.

    What happens in the kernel can take marks away and can't give any: a test passes if its cell ran without
    an error and the answer, asked for again by this process on inputs drawn from a secret seed, equals
    attnlib's.
    """

    seed = Unicode(
        help="What the secret inputs are drawn from, in hexadecimal digits. Empty: drawn for each run."
    ).tag(config=True)
    notebook_timeout = Integer(300, help="Most time for a whole notebook, in seconds.").tag(config=True)
    most_output = Integer(100_000, help="Most output kept of each cell, in characters.").tag(config=True)
    most_held = Integer(
        512,
        help="Most memory that a kernel's messages may take in the grader, in MiB; more ends the kernel.",
    ).tag(config=True)
    sandbox = Instance(Sandbox)

    def __init__(self, sandbox=None, files=None, **kwargs):
        super().__init__(kernel_manager_class=AsyncKernelManager, shutdown_kernel="immediate", **kwargs)
        self.sandbox = sandbox or shared_sandbox(self)
        self.files = files
        self.seed = self.seed or RUN_SEED
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
        self._ended, self._judged = None, []
        self._deadline = time.monotonic() + self.notebook_timeout
        with guarded(self._stop_kernel, self.most_held * 2**20):
            nb, resources = super().preprocess(nb, resources, km)
        nb.metadata[RECORD] = {"seed": self.seed, "judged": self._judged}
        return nb, resources

    def _stop_kernel(self):
        kernel = getattr(self.km.provisioner, "kernel", None)  # only ours has one
        if kernel is not None:
            kernel.signal(signal.SIGKILL)

    def preprocess_cell(self, cell, resources, index):
        """Execute a cell and, if it is a test, verify what it tests."""
        if cell.cell_type != "code":
            return cell, resources
        self._room, self._timed_out = self.most_output, False
        if self._ended is None:
            try:
                super().preprocess_cell(cell, resources, index)
                if self._timed_out:
                    self._require_reply()
            except Exception as error:
                self._end(error)
        if self._ended is not None:
            cell.outputs.append(_error(ENDED, self._ended))
        elif is_grade(cell) and not is_solution(cell):
            self._verify(cell)
        return cell, resources

    def _verify(self, cell):
        grade_id = cell.metadata.nbgrader["grade_id"]
        name, kind = test_of(grade_id)
        if name is None:
            self.log.warning("%s is not verified: the catalogue has no such exercise", grade_id)
            return
        # a number as a test's value would be its mark
        cell.outputs = [output for output in cell.outputs if output.output_type != "execute_result"]
        if has_failed(cell):
            return
        try:
            self._judge(EXERCISES[name], hidden=kind == "hidden")
        except CheckFailed as failed:
            cell.outputs.append(_error(type(failed).__name__, str(failed), failed._render_traceback_()))
            self._judged.append(grade_id)
        except NotAnswered as reason:
            cell.outputs.append(_error(type(reason).__name__, f"{name}: {reason}"))
        except Exception as error:
            self._end(error)
            cell.outputs.append(_error(ENDED, self._ended))

    def _judge(self, exercise, *, hidden):
        if exercise.by_value:
            reply = self._reply(exercise)
            judge(exercise, _read(lambda: decode(reply["value"])), exercise.visible())
            return
        cases = exercise.visible()
        if hidden:
            cases = cases + secret_cases(exercise, self.seed)

        def answered(some):
            reply = self._reply(exercise, request(some))
            return _read(lambda: outcomes(reply["outcomes"], len(some)))

        with quiet():
            judge_outcomes(exercise, answered, cases, show_inputs=not hidden)

    def _reply(self, exercise, asked=None):
        reply = _read(lambda: json.loads(self._ask(exercise.name, asked)))
        match reply:
            case {"missing": _}:
                raise CheckFailed(Verdict(exercise.name, Says.NOTHING))
            case {"uncallable": _}:
                raise CheckFailed(Verdict(exercise.name, Says.NO_FUNCTION_LEFT))
        return reply

    def _ask(self, name, asked=None):
        """Return the text with which the kernel answers `attnlib.checking.remote.answer`."""
        content = run_sync(self._async_ask)(ASK.format(name=name, asked=asked))
        answer = content.get("user_expressions", {}).get("answer", {})
        text = answer.get("data", {}).get("text/plain", "")
        if not isinstance(text, str) or len(text) > LARGEST_REPLY:
            raise NotAnswered("the answer is too large.")
        if not (text.isascii() and text[:1] == text[-1:] == "'"):
            raise NotAnswered("the kernel gave no answer that can be read.")
        # the repr of a str, undone without Python's parser, which a stranger can make use gigabytes
        return _read(lambda: codecs.decode(text[1:-1], "unicode_escape"))

    async def _async_ask(self, expression):
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
            left = max(0, min(1, deadline - time.monotonic()))
            try:
                reply = await self.kc.shell_channel.get_msg(timeout=left)
            except Empty:
                await self._async_check_alive()
                if time.monotonic() >= deadline:
                    raise
                continue
            if reply["parent_header"].get("msg_id") == message:
                return reply

    def _end(self, error):
        """Give the kernel up: the tests from here on fail, and say why."""
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
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
        msg = {**msg, "content": _showable(msg["content"])}
        size = _size(msg["content"])
        if self._room <= 0:
            return None
        if size > self._room:
            msg = {**msg, "msg_type": "stream", "header": {**msg["header"], "msg_type": "stream"}}
            said = msg["content"].get("text", "")
            said = said[: self._room] if isinstance(said, str) else ""
            name = "stderr" if msg["content"].get("name") == "stderr" else "stdout"
            msg["content"] = {
                "name": name,
                "text": f"{said}\n... the rest of the output was left out ...\n",
            }
        self._room -= size
        return super().output(outs, msg, None, cell_index)

    def handle_comm_msg(self, outs, msg, cell_index):
        """Take no part in a conversation with widgets: nobody looks at them while grading."""


def secret_cases(exercise, seed):
    """Return the hidden cases of an exercise: they follow from the seed and the exercise's name alone."""
    rng = np.random.default_rng([int(seed, 16), zlib.crc32(exercise.name.encode())])
    return exercise.hidden(rng)


def shared_sandbox(parent):
    """Return this process's sandbox, made at first use."""
    if not hasattr(shared_sandbox, "it"):
        shared_sandbox.it = Sandbox(parent=parent)
    return shared_sandbox.it


RUN_SEED = secrets.token_hex(16)


def _read(parse):
    try:
        return parse()
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotAnswered(f"the answer can't be read ({error}).") from None


def _error(name, says, traceback=None):
    return nbformat.v4.new_output(
        "error", ename=name, evalue=says, traceback=traceback or [f"{name}: {says}"]
    )


def _showable(content):
    """Return a message's content as every page that shows it takes it: texts whole, and no metadata."""
    data, plain = content.get("data"), dict(content)
    if isinstance(data, dict):
        whole = (list, tuple)
        plain["data"] = {k: "".join(map(str, v)) if isinstance(v, whole) else v for k, v in data.items()}
    if "metadata" in plain:
        plain["metadata"] = {}
    return plain


def _size(content):
    if isinstance(content, dict):
        return sum(_size(key) + _size(value) for key, value in content.items())
    if isinstance(content, list):
        return sum(map(_size, content))
    return len(content) + 8 if isinstance(content, str) else 8
