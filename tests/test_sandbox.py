"""What a kernel in the sandbox can do, and can't; and what grading does where there is no sandbox."""

import ast
import asyncio
import contextlib
import functools
import hashlib
import os
import shlex
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT, run
from jupyter_client import BlockingKernelClient

import grader
from grader.course import nbgrader_options
from grader.grading import ahead
from grader.notebook.cells import answers_of
from grader.notebook.percent import read_solution
from grader.samples.made_up import answered
from grader.sandbox import cgroups, folders, ready
from grader.sandbox.error import SandboxError
from grader.sandbox.provisioner import NoHeartbeat, SandboxedKernelManager
from grader.sandbox.sandbox import Sandbox

MIB = 2**20


class Asked:
    """A kernel that answers what an expression comes to after some code."""

    def __init__(self, place):
        self.manager = SandboxedKernelManager(place, {"beside.txt": b"handed in"})
        asyncio.run(self.manager.start_kernel())
        self.client = BlockingKernelClient(hb_channel_class=NoHeartbeat)
        self.client.load_connection_info(self.manager.get_connection_info())
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def __call__(self, code, expression="None", timeout=60):
        message = self.client.execute(textwrap.dedent(code), user_expressions={"it": expression})
        reply = {}
        while reply.get("parent_header", {}).get("msg_id") != message:
            reply = self.client.get_shell_msg(timeout=timeout)
        content = reply["content"]
        assert content["status"] == "ok", content
        return ast.literal_eval(content["user_expressions"]["it"]["data"]["text/plain"])

    def close(self):
        self.client.stop_channels()
        asyncio.run(self.manager.shutdown_kernel(now=True))
        self.client.context.destroy()


@functools.cache
def can_be_separate():
    """Ask util-linux whether one who isn't root can make namespaces in a sandbox here."""
    command = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    if os.geteuid() == 0:
        command += ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all"]
    return subprocess.run([*command, "unshare", "--user", "--mount", "true"], check=False).returncode == 0


@contextlib.contextmanager
def kernels(count=1, **settings):
    """Start kernels in a sandbox of their own."""
    place = Sandbox(**settings)
    started = []
    try:
        place.require()
        if place.share and not can_be_separate():
            pytest.skip("this system lets no namespaces be made in a sandbox")
        assert place._separate == place.share
        started += [Asked(place) for _ in range(count)]
        yield started if count > 1 else started[0]
    finally:
        for one in started:
            one.close()
        place.close()


@pytest.fixture(autouse=True)
def own_temporary_folder(short_path, monkeypatch):
    """Let the graders of other tests be."""
    monkeypatch.setattr("tempfile.tempdir", str(short_path))


@pytest.fixture(scope="module")
def limited():
    """Return a kernel with small limits."""
    with kernels(processes=40, file_size=8, open_files=128, processor_time=3, scratch=20) as one:
        yield one


def test_memory_is_limited(limited):
    assert (
        limited(
            """
        try:
            room = bytearray(1100 * 2**20)
        except MemoryError:
            room = None
        """,
            "room",
        )
        is None
    )


@pytest.mark.skipif(not list(cgroups._writable()), reason="control groups can't be written here")
def test_memory_is_limited_for_all_processes_together(limited):
    hungry = "import time; held = bytearray(b'1') * (450 * 2**20); time.sleep(20)"
    ended = limited(
        f"""
        import subprocess, sys, time
        running = [subprocess.Popen([sys.executable, "-c", {hungry!r}]) for _ in range(3)]
        until = time.monotonic() + 15
        while time.monotonic() < until and all(one.poll() is None for one in running):
            time.sleep(0.1)
        ended = [one.poll() for one in running]
        for one in running:
            one.kill()
            one.wait()
        """,
        "ended",
    )
    assert -9 in ended


def test_processes_are_limited(limited):
    started = limited(
        """
        import os, signal, time
        children = []
        try:
            while len(children) < 100:
                child = os.fork()
                if child == 0:
                    time.sleep(60)
                    os._exit(0)
                children.append(child)
        except BlockingIOError:
            pass
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        """,
        "len(children)",
    )
    assert 0 < started < 40


def test_file_size_and_room_are_limited(limited):
    write = """
    def written(name, size):
        try:
            with open(name, "wb") as stream:
                stream.write(bytes(size))
        except OSError as error:
            return error.errno
    """
    assert limited(write, "written('/tmp/large', 9 * 2**20)") == 27  # EFBIG
    for folder in ("/tmp", "/home/student", "/dev/shm"):  # noqa: S108 - the sandbox's
        full = f"[written(f'{folder}/{{n}}', 7 * 2**20) for n in range(4)][-1]"
        assert limited("", full) == 28, folder  # ENOSPC
        limited(f"import glob, os\nfor p in glob.glob('{folder}/*'): os.path.isfile(p) and os.remove(p)")


def test_open_files_are_limited(limited):
    assert (
        0
        < limited(
            """
        held = []
        try:
            while len(held) < 1000:
                held.append(open("/dev/null"))
        except OSError as error:
            assert error.errno == 24
        count = len(held)
        held.clear()
        """,
            "count",
        )
        < 128
    )


def test_processor_time_is_limited(limited):
    busy = [sys.executable.rsplit("/", 1)[-1], "-c", "while True: pass"]
    code = limited(f"import subprocess\ncode = subprocess.run({busy}).returncode", "code")
    assert code in (-9, -24)  # SIGKILL, SIGXCPU


@pytest.mark.parametrize("share", [True, False], ids=["forked", "own-sandbox"])
def test_kernel_computes_and_sees_its_own_files_alone(share):
    private = "not for students"
    os.environ["SPOTLIGHT_TEST_SECRET"] = private
    try:
        with kernels(share=share) as kernel:
            seen = kernel(
                """
                import os, pathlib, numpy, attnlib
                beside = pathlib.Path("beside.txt").read_text()
                pathlib.Path("/tmp/mine").write_text("x")
                pathlib.Path("mine").write_text("x")
                def writable(place):
                    try:
                        pathlib.Path(place, "written").write_text("x")
                    except OSError:
                        return False
                    return True
                """,
                "beside, float(attnlib.softmax(numpy.zeros(4))[0]), dict(os.environ), os.getuid(), "
                f"os.path.exists({str(ROOT / 'solutions')!r}), os.path.exists('/etc/passwd'), "
                "[p for p in ['/', '/usr', '/run/spotlight/attnlib', '/run/kernel'] if writable(p)]",
            )
    finally:
        del os.environ["SPOTLIGHT_TEST_SECRET"]
    beside, quarter, environment, user, solutions, passwords, writable = seen
    assert (beside, quarter) == ("handed in", 0.25)
    assert private not in environment.values()
    assert user != 0
    assert not solutions
    assert not passwords
    assert not share or writable == []


def fingerprints(*folders):
    """Return {size: the digests of the files of that size} of the Python files in folders."""
    found = {}
    for path in (path for folder in folders for path in folder.rglob("*.py")):
        if path.name not in ("__init__.py", "warm.py", "ready.py"):  # the last two start kernels
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found.setdefault(path.stat().st_size, set()).add(digest)
    assert sum(map(len, found.values())) > 5
    return found


def readable(kernel, fingerprints, top="/"):
    """Return where below a folder a kernel reads files with these fingerprints, under any name."""
    return kernel(
        f"""
        import hashlib, os
        known, found = {fingerprints!r}, []
        for folder, folders, files in os.walk({top!r}):
            if folder == "/":
                folders[:] = set(folders) - {{"proc", "dev"}}
            for name in files:
                path = os.path.join(folder, name)
                try:
                    digests = known.get(os.stat(path).st_size, ())
                    if digests and hashlib.sha256(open(path, "rb").read()).hexdigest() in digests:
                        found.append(path)
                except OSError:
                    pass
        """,
        "found",
    )


@pytest.mark.parametrize("share", [True, False], ids=["forked", "own-sandbox"])
def test_kernel_reads_nothing_of_the_grader_or_the_solutions(share):
    known = fingerprints(ROOT / "attnlib", ROOT / "grader", ROOT / "solutions")
    with kernels(share=share) as kernel:
        found = readable(kernel, known)
    inside = "/run/spotlight/attnlib/"
    assert [path for path in found if not path.startswith(inside)] == []
    assert f"{inside}masks.py" in found


@pytest.mark.parametrize("share", [True, False], ids=["forked", "own-sandbox"])
def test_key_is_covered_where_kernels_see_the_folder_that_holds_it(share, monkeypatch):
    with tempfile.TemporaryDirectory(prefix="t-", dir=sysconfig.get_path("purelib")) as folder:
        Path(folder).chmod(0o755)
        for name in ("grader", "course", "public"):
            shutil.copytree(ROOT / "solutions", Path(folder, name, "key"))
        known = fingerprints(Path(folder))
        monkeypatch.setattr(grader, "__file__", f"{folder}/grader/__init__.py")
        monkeypatch.chdir(f"{folder}/course")
        place = "/run/spotlight/venv/" + os.path.relpath(folder, sys.prefix)
        with kernels(share=share) as kernel:
            found = readable(kernel, known, top=place)
            writable = kernel("", f"os.access({place + '/grader'!r}, os.W_OK)")
    assert {os.path.relpath(path, place).partition("/")[0] for path in found} == {"public"}
    assert not writable


@pytest.mark.parametrize("share", [True, False], ids=["forked", "own-sandbox"])
def test_right_answers_cannot_be_imported_however_the_grader_is_installed(share, monkeypatch):
    with tempfile.TemporaryDirectory(prefix="t-", dir=sysconfig.get_path("purelib")) as folder:
        Path(folder).chmod(0o755)
        shutil.copytree(ROOT / "grader", Path(folder, "grader"))
        monkeypatch.setattr(grader, "__file__", f"{folder}/grader/__init__.py")  # as of a wheel
        place = "/run/spotlight/venv/" + os.path.relpath(folder, sys.prefix)
        with kernels(share=share) as kernel:
            said = kernel(
                f"""
                import importlib, sys
                said = []
                for place in (None, {place!r}):
                    if place:
                        sys.path.insert(0, place)
                        sys.modules.pop("grader", None)
                        importlib.invalidate_caches()
                    for name in ("grader.answers", "grader.key", "grader.samples.made_up"):
                        try:
                            said.append(str(importlib.import_module(name)))
                        except ImportError as error:
                            said.append(type(error).__name__)
                """,
                "said",
            )
    assert said == ["ModuleNotFoundError"] * 6


@pytest.mark.parametrize("share", [True, False], ids=["forked", "own-sandbox"])
def test_two_kernels_see_nothing_of_one_another(share):
    with kernels(2, share=share) as (one, other):
        number, port = one(
            """
            import ctypes, os, socket, subprocess, pathlib
            from multiprocessing import shared_memory
            for place in ("/tmp/trace", "/home/student/trace", "/dev/shm/trace"):
                pathlib.Path(place).write_text("x")
            child = subprocess.Popen(["sleep", "4711"])
            memory = shared_memory.SharedMemory("spotlight-trace", create=True, size=100)
            for make in ("shmget(4711, 100, {})", "semget(4711, 1, {})", "msgget(4711, {})"):
                assert eval("ctypes.CDLL(None)." + make.format(0o1666)) >= 0
            hidden = socket.socket(socket.AF_UNIX)
            hidden.bind("\\0spotlight-trace")
            hidden.listen()
            local = socket.socket()
            try:
                local.bind(("127.0.0.1", 0))
                local.listen()
                port = local.getsockname()[1]
            except OSError:
                port = 9
            """,
            "os.getpid(), port",
        )
        seen = other(
            f"""
            import ctypes, glob, os, pathlib, signal, socket
            from multiprocessing import shared_memory
            seen = [p for p in glob.glob("/tmp/*") + glob.glob("/home/student/*") + glob.glob("/dev/shm/*")
                    if "trace" in p]
            own = "{one.manager.provisioner.kernel.folder.name}"
            seen += [p for p in glob.glob("/run/kernels/*/*") if own in p]
            for entry in glob.glob("/proc/[0-9]*"):
                try:
                    if b"4711" in pathlib.Path(entry, "cmdline").read_bytes():
                        seen.append(entry)
                except OSError:
                    pass
            try:
                seen.append(shared_memory.SharedMemory("spotlight-trace").name)
            except FileNotFoundError:
                pass
            for find in ("shmget(4711, 100, 0)", "semget(4711, 1, 0)", "msgget(4711, 0)"):
                if eval("ctypes.CDLL(None)." + find) >= 0:
                    seen.append(find)
            addresses = "\\0spotlight-trace", ("127.0.0.1", {port})
            for family, address in zip((socket.AF_UNIX, socket.AF_INET), addresses):
                with socket.socket(family) as link:
                    link.settimeout(2)
                    try:
                        link.connect(address)
                        seen.append(address)
                    except OSError:
                        pass
            """,
            "seen, os.getpid()",
        )
        assert seen[0] == []
        assert max(number, seen[1]) < 100, "a process namespace of its own"
        assert one("", "child.poll()") is None
        assert one("", "6 * 7") == 42


LISTEN = """
    import os, signal, subprocess
    heard, numbers = [], (signal.SIGUSR1, signal.SIGTERM, signal.SIGHUP)
    for number in numbers:
        signal.signal(number, lambda number, frame: heard.append(number))
    child = subprocess.Popen(["sleep", "4711"])
    """
SEND = """
    def send_all(number, spare=()):
        for send in (os.kill, os.killpg):
            for process in {-1, *range(1, 3000)} - {-1 if send == os.killpg else 0, *spare}:
                try:
                    send(process, number)
                except (ProcessLookupError, PermissionError):
                    pass
    """


def test_kernels_hear_no_signals_of_one_another():
    with kernels(2) as (one, other):
        one(LISTEN)
        other(LISTEN)
        other(SEND)
        heard = other("for number in numbers: send_all(number)", "sorted(map(int, set(heard)))")
        assert len(heard) == 3  # its own
        assert one("", "heard, child.poll(), 6 * 7") == ([], None, 42)


@pytest.mark.parametrize("signal", ["SIGSTOP", "SIGKILL"])
def test_kernel_that_ends_or_stops_all_it_can_reaches_no_other(signal):
    with kernels(2) as (one, other):
        one(LISTEN)
        other(LISTEN)
        other(SEND)
        other(f"send_all(signal.{signal}, spare=(os.getpid(), os.getpgrp()))")
        changed = other("done = os.waitpid(child.pid, os.WUNTRACED)[1]", "os.WIFSTOPPED(done), done & 127")
        assert changed == ((True, 127) if signal == "SIGSTOP" else (False, 9))  # its own child
        unchanged = one("", "os.waitpid(child.pid, os.WUNTRACED | os.WNOHANG), 6 * 7")
        assert unchanged == ((0, 0), 42)


def test_network_of_the_machine_is_not_there():
    with socket.create_server(("127.0.0.1", 0)) as listening, kernels() as kernel:
        port = listening.getsockname()[1]
        assert (
            kernel(
                f"""
            import socket
            try:
                socket.create_connection(("127.0.0.1", {port}), timeout=2)
                reached = True
            except OSError:
                reached = False
            """,
                "reached",
            )
            is False
        )


def own_groups():
    parents = {parent for _, parent, _ in cgroups._writable()}
    return {path for parent in parents for path in parent.glob(f"{cgroups.NAMES}{os.getpid()}-*")}


def test_a_kernel_that_ends_leaves_nothing(short_path):
    before = own_groups()
    with kernels() as kernel:
        kernel("import subprocess\nsubprocess.Popen(['sleep', '4711'], start_new_session=True)")
        if list(cgroups._writable()):
            assert own_groups() > before
        folder = kernel.manager.provisioner.kernel.folder
        assert folder.exists()
        kernel.close()
        assert not folder.exists()
        assert not [group for group in own_groups() if group.name.endswith(folder.name)]
    assert own_groups() == before  # also of the one that was ready, and for which there was no notebook
    assert not list(short_path.glob("spotlight-*"))
    deadline = time.monotonic() + 10  # they are dying
    while processes_that_see(short_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not processes_that_see(short_path)


def processes_that_see(folder):
    """Return the processes in a sandbox that was made from a temporary folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/mountinfo"):
        with contextlib.suppress(OSError):
            if f"{folder}/spotlight-" in entry.read_text():
                found.append(entry.parent.name)
    return found


def test_sweep_takes_what_the_dead_left_and_nothing_else(short_path):
    dead, unclaimed, living = (
        short_path / "spotlight-dead",
        short_path / "spotlight-new",
        short_path / "spotlight-living",
    )
    for folder in (dead, unclaimed, living):
        folder.mkdir()
    (dead / "kernels").mkdir()
    (dead / "lock").touch()
    claimed = folders.claim(living)
    groups = []
    ended = subprocess.Popen(["true"])
    ended.wait()
    for parent in {parent for _, parent, _ in cgroups._writable()}:
        for number in (ended.pid, os.getpid()):
            groups.append(parent / f"{cgroups.NAMES}{number}-test")
            groups[-1].mkdir()
    try:
        folders.sweep()
        cgroups.sweep()
        assert sorted(path.name for path in short_path.iterdir()) == ["spotlight-living"]
        assert [path for path in groups if path.exists()] == groups[1::2]
    finally:
        claimed.close()
        for path in groups:
            if path.exists():
                path.rmdir()


def test_folder_that_another_sweeps_before_it_is_claimed_is_made_again(short_path, monkeypatch):
    made = []

    def swept_once(**options):
        made.append(make(**options))
        if len(made) == 1:
            Path(made[0]).rmdir()
        return made[-1]

    make = tempfile.mkdtemp
    monkeypatch.setattr("tempfile.mkdtemp", swept_once)
    folder, claimed = folders.claimed_folder()
    claimed.close()
    assert [str(folder)] == made[1:]


def test_graders_that_start_and_end_at_any_moment_leave_one_another_alone(short_path):
    def grader(rounds):
        lost = []
        for number in range(rounds):
            folders.sweep()
            folder, held = folders.claimed_folder()
            mine = folder / "mine"
            mine.touch()
            folders.sweep()
            if not mine.exists():
                lost.append(folder)
            if number % 3:  # as at its end; else it was killed
                shutil.rmtree(folder, ignore_errors=True)
            held.close()
        return lost

    with ThreadPoolExecutor(8) as pool:  # each claim is of an open file, so threads do as processes do
        assert list(pool.map(grader, [100] * 8)) == [[]] * 8
    folders.sweep()
    assert list(Path(tempfile.gettempdir()).glob(f"{folders.FOLDERS}*")) == []


def test_sandbox_starts_again_after_it_was_killed():
    place = Sandbox()
    try:
        place.require()
        place._place.parent._process.kill()
        place._place.parent._process.wait()
        kernel = Asked(place)
        assert kernel("", "6 * 7") == 42
        kernel.close()
    finally:
        place.close()


def test_sandbox_that_was_begun_is_taken_by_one_with_its_settings_and_by_no_other():
    Sandbox.begin()
    begun = Sandbox._begun
    other, place = Sandbox(scratch=20), Sandbox()
    try:
        place.require()
        assert place._place is begun
        kernel = Asked(place)
        assert kernel("", "6 * 7") == 42
        kernel.close()

        Sandbox.begin()
        begun = Sandbox._begun
        other.require()
        assert other._place is not begun
        assert not begun.parent.alive
        assert not begun.kernels.exists()
        assert Sandbox._begun is None
    finally:
        place.close()
        other.close()


def test_sandbox_that_was_begun_and_died_is_started_again():
    Sandbox.begin()
    Sandbox._begun.parent._process.kill()
    Sandbox._begun.parent._process.wait()
    place = Sandbox()
    try:
        place.require()
        assert place._place.parent.alive
    finally:
        place.close()


def test_nothing_is_begun_where_there_is_no_bubblewrap(monkeypatch):
    monkeypatch.setenv("PATH", "/nonesuch")
    Sandbox.begin()
    assert Sandbox._begun is None
    assert list(Path(tempfile.gettempdir()).glob(f"{folders.FOLDERS}*")) == []


@pytest.mark.parametrize(
    ("words", "cores", "begins"),
    [
        (["autograde", "05-softmax"], 2, True),
        (["autograde", "05-softmax", "--student=ada"], 2, True),
        (["autograde", "05-softmax"], 1, False),
        (["autograde", "--help"], 2, False),
        (["autograde", "05-softmax", "--scheduler", "tcp://10.0.0.5:8786"], 2, False),
        (["marks", "05-softmax"], 2, False),
        ([], 2, False),
    ],
)
def test_sandbox_is_begun_by_a_command_that_needs_it(monkeypatch, words, cores, begins):
    begun = []
    monkeypatch.setattr(Sandbox, "begin", lambda: begun.append(True))
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(cores)))
    ahead.begin(words)
    assert bool(begun) == begins


def test_kernel_says_nothing_before_it_is_asked(monkeypatch):
    said = []
    monkeypatch.setattr(
        ready.IPythonKernel, "_publish_status", lambda self, status, *args: said.append(status)
    )
    for status in ("starting", "busy", "idle"):
        ready.ReadyKernel._publish_status(object.__new__(ready.ReadyKernel), status)
    assert said == ["idle"]


def test_cell_is_looked_at_once_and_an_error_is_told_once():
    with kernels() as kernel:
        kernel(
            """
            looked = []
            shell = get_ipython()
            shell.input_transformers_post.append(lambda lines: looked.append(lines) or lines)
            """
        )
        assert kernel("1 + 1", "len(looked)") == 1
        kernel(
            """
            try:
                1 / 0
            except ZeroDivisionError as error:
                kept = shell._format_exception_for_storage(error)
            """
        )
        assert kernel("", "kept['traceback']") == []


def test_sandbox_that_cannot_be_made_says_what_to_do():
    with pytest.raises(
        SandboxError, match=r"is not installed.\n.*apt install bubblewrap(?s:.*)--Sandbox.enabled"
    ):
        Sandbox(bubblewrap="nonesuch").require()
    with pytest.raises(SandboxError, match="doesn't work here"):
        Sandbox(bubblewrap="false").require()


def test_temporary_folder_too_deep_for_sockets_is_said(short_path, monkeypatch):
    deep = short_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with pytest.raises(SandboxError, match="TMPDIR"):
        Sandbox().require()


def closed_above(path):
    """Return the first folder above a path that other users can't enter, or None."""
    for folder in reversed(path.parents):
        if not folder.stat().st_mode & 1:
            return folder
    return None


def as_stranger(command, short_path):
    """Run a command as an ordinary user who can read this Python and this repository."""
    lines = ["set -e"]
    needed = [Path(sys.base_prefix), Path(sys.prefix), ROOT]
    for number, path in enumerate(needed):
        lines += [
            f"mkdir {short_path}/{number}",
            f"mount --bind {shlex.quote(str(path))} {short_path}/{number}",
        ]
    for folder in {closed_above(path) for path in needed} - {None}:
        lines.append(f"mount -t tmpfs -o mode=0755 tmpfs {shlex.quote(str(folder))}")
    for number, path in enumerate(needed):
        quoted = shlex.quote(str(path))
        lines += [f"mkdir -p {quoted}", f"mount --bind {short_path}/{number} {quoted}"]
    user = "setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all"
    lines.append(f"cd / && exec {user} env HOME=/nonexistent {shlex.join(command)}")
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests ran as an ordinary user")
@pytest.mark.parametrize("share", [True, False], ids=["forked", "own-sandbox"])
def test_ordinary_user_has_the_sandbox_too(short_path, share):
    if subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
        pytest.skip("this root may not mount")
    program = textwrap.dedent(f"""
        import os, sys, tempfile
        sys.path.insert(0, {str(ROOT / "tests")!r})
        import test_sandbox as here
        assert os.getuid() == 65534
        with here.kernels(share={share}) as kernel:
            seen = "[os.path.exists(path) for path in ('/root/.profile', '/etc/passwd')]"
            print(kernel("", "6 * 7"), kernel("import os", seen))
            print(kernel(\"\"\"
        import os
        children = []
        try:
            while len(children) < 100:
                child = os.fork()
                if child == 0:
                    os.execvp("sleep", ["sleep", "20"])
                children.append(child)
        except BlockingIOError:
            pass
        for child in children:
            os.kill(child, 9)
        \"\"\", "len(children)") < 64)
    """)
    done = as_stranger([sys.executable, "-c", program], short_path)
    assert done.stdout.splitlines() == ["42 [False, False]", "True"], done.stderr


@pytest.fixture(scope="module")
def class_of_one(tmp_path_factory):
    """Return the folder of a class with one perfect submission, and the options that nbgrader needs."""
    root = tmp_path_factory.mktemp("one")
    options = nbgrader_options(root)
    run("nbgrader", "generate_assignment", "01-spotlight", *options)
    place = root / "submitted" / "ann" / "01-spotlight" / "01-spotlight.ipynb"
    place.parent.mkdir(parents=True)
    blank = nbformat.read(root / "release" / "01-spotlight" / "01-spotlight.ipynb", as_version=4)
    solution = read_solution(ROOT / "solutions" / "01-spotlight" / "01-spotlight.py")
    nbformat.write(answered(blank, answers_of(solution)), place)
    return root, ["01-spotlight", "--log-level=WARN", *options]


def test_without_bubblewrap_nothing_is_graded_and_the_reason_is_said(class_of_one):
    root, options = class_of_one
    told = run("nbgrader", "autograde", *options, "--Sandbox.bubblewrap=nonesuch", status=1)
    assert "bubblewrap, which makes it, is not installed" in told
    assert "apt install bubblewrap" in told
    assert "--Sandbox.enabled=False" in told
    assert "Traceback" not in told
    assert not (root / "autograded").exists()


def test_whoever_chooses_to_do_without_a_sandbox_is_warned(class_of_one):
    root, options = class_of_one
    told = run(
        "nbgrader", "autograde", *options, "--Sandbox.bubblewrap=nonesuch", "--Sandbox.enabled=False"
    )
    assert "Students' code runs WITHOUT a sandbox" in told
    assert (root / "autograded" / "ann" / "01-spotlight" / "01-spotlight.ipynb").is_file()
    shutil.rmtree(root / "autograded")
