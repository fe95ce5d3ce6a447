"""The program inside the sandbox: a parent of kernels, with what they import already imported.

It runs as a script, in a sandbox that `grader.sandbox.parent` starts, and imports nothing of this package.
For each kernel that is asked for it forks a child with namespaces of its own (user, mount, process,
network and the rest), an empty /tmp and home, and limits. Kernels see neither each other nor this parent.
The child is then ready, and waits until there is a notebook for it.
"""

import array
import contextlib
import ctypes
import gc
import importlib
import json
import os
import resource
import select
import shutil
import signal
import socket
import sys
from pathlib import Path

KERNELS = Path("/run/kernels")  # the grader's folder, with a folder for each kernel
OWN = Path("/run/kernel")  # a kernel's own
HOME = Path("/home/student")
CONNECTION = OWN / "connection.json"

# linux/sched.h, sys/mount.h, linux/prctl.h, linux/capability.h
NEW = {"mount": 0x00020000, "cgroup": 0x02000000, "uts": 0x04000000, "ipc": 0x08000000, "user": 0x10000000}
NEW |= {"process": 0x20000000, "network": 0x40000000}
READ_ONLY, NO_SETUID, NO_DEVICES, REMOUNT, BIND, RECURSIVE, PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
PARENT_DEATH_SIGNAL, DROP_FROM_BOUND, NO_NEW_PRIVILEGES = 1, 24, 38
CAPABILITY_VERSION = 0x20080522
KEYCTL = {"x86_64": 250, "aarch64": 219}  # the number of the system call, for which C has no function
JOIN_SESSION_KEYRING = 1

libc = ctypes.CDLL(None, use_errno=True)


def main():
    """Fork a kernel for each request until the grader goes away."""
    settings = json.loads(sys.argv[1])
    sys.modules["debugpy"] = None  # much of what ipykernel imports, and of no use to a notebook
    for name in settings["preload"]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    _learn()
    os.chdir(HOME)
    app = importlib.import_module("ready").ReadyApp.instance()
    app.make_ready()
    gc.collect()
    gc.freeze()  # what the kernels share stays shared
    control = socket.socket(fileno=settings["control"])
    control.send(json.dumps({"separate": _can_separate()}).encode())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by themselves
    while True:
        asked, (link,) = _receive(control)
        if asked is None:
            return
        if os.fork() == 0:
            control.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _start(app, json.loads(asked), socket.socket(fileno=link))
        os.close(link)


def _learn():
    """Import every exercise, and work out the numbers that are mistakes, once for all kernels."""
    known = importlib.import_module("attnlib.checking.known").known
    with importlib.import_module("attnlib.checking").quiet():
        for exercise in importlib.import_module("attnlib.catalogue").EXERCISES.values():
            if exercise.by_value:
                known(exercise).complete()


def _receive(control):
    room = socket.CMSG_SPACE(array.array("i").itemsize)
    asked, extra, _, _ = control.recvmsg(65536, room)
    if not asked:
        return None, (None,)
    return asked, array.array("i", extra[0][2])


def _can_separate():
    """Return whether a child can have namespaces of its own here; some systems forbid it."""
    child = os.fork()
    if child == 0:
        try:
            _separate()
            _cover("/tmp", "size=1m")  # noqa: S108 - the sandbox's own
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _start(app, asked, link):
    """Become the keeper of one kernel: give it namespaces, start it, wait for its end."""
    try:
        if asked["separate"]:
            _separate()
        told, telling = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(told)
            _become_kernel(app, asked, link, telling)
        os.close(telling)
        os.read(told, 1)  # its sockets are bound, or it has died
        if asked["separate"]:
            _mount(None, OWN, None, REMOUNT | BIND | READ_ONLY | NO_SETUID | NO_DEVICES)
        link.send(b"ready")
        _wait(child, link)
    except BaseException as error:
        _report(link, error)
    finally:
        os._exit(0)


def _wait(child, link):
    """Wait for the end of a kernel; one whose grader has gone is ended."""
    ended = os.pidfd_open(child)
    waiting = select.poll()
    waiting.register(ended, select.POLLIN)
    waiting.register(link, 0)  # its closing alone
    if all(number != ended for number, _ in waiting.poll()):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _become_kernel(app, asked, link, telling):
    try:
        os.setsid()
        if os.uname().machine in KEYCTL:  # or it has the keys of who started the grader
            libc.syscall(KEYCTL[os.uname().machine], JOIN_SESSION_KEYRING, None)
        _call(libc.prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0))
        if asked["separate"]:
            _furnish(asked["id"], asked["scratch"])
        os.chdir(HOME)
        link.send(b"hello")  # with this process's number, which only the kernel of the machine can give
        if link.recv(16) != b"go":
            os._exit(1)
        _limit(asked["limits"])
        _drop_privileges()
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):
            os.dup2(nothing, standard)
        sys.argv = ["kernel"]
        app.connect(CONNECTION)
        os.write(telling, b"b")
        os.close(telling)
        if link.recv(16) != b"begin":
            os._exit(1)
        link.close()
        if (OWN / "files").is_dir():
            _copy(OWN / "files", HOME)
        app.start()
    except BaseException as error:
        _report(link, error)
    finally:
        os._exit(0)


def _copy(source, target):
    for path in source.iterdir():
        if path.is_dir():
            shutil.copytree(path, target / path.name)
        else:
            shutil.copyfile(path, target / path.name)


def _report(link, error):
    with contextlib.suppress(OSError):
        link.send(f"{type(error).__name__}: {error}".encode()[:1000])


def _separate():
    user, group = os.getuid(), os.getgid()
    _call(libc.unshare(sum(NEW.values())))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def _furnish(name, scratch):
    """Give this process its own folders, and hide those of others and the list of processes."""
    _mount(None, "/", None, RECURSIVE | PRIVATE)
    _mount(KERNELS / name, OWN, None, BIND)
    _cover(KERNELS, "size=4k")
    for folder in (HOME, "/tmp", "/dev/shm"):  # noqa: S108 - the sandbox's own
        _cover(folder, f"size={scratch}m")
    try:
        _mount("devpts", "/dev/pts", "devpts", NO_SETUID, "newinstance,ptmxmode=0666,mode=0600")
    except OSError:
        _cover("/dev/pts", "size=4k")
    try:
        _mount("proc", "/proc", "proc", NO_SETUID | NO_DEVICES)
    except OSError:  # not allowed below some sandboxes' /proc
        _cover("/proc", "size=4k")


def _limit(limits):
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name, most in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))


def _drop_privileges():
    last = 40  # CAP_CHECKPOINT_RESTORE
    for capability in range(last + 1):
        libc.prctl(DROP_FROM_BOUND, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    _call(libc.capset(header, (ctypes.c_uint32 * 6)()))
    _call(libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0))


def _cover(folder, options):
    _mount("tmpfs", folder, "tmpfs", NO_SETUID | NO_DEVICES, f"mode=0755,{options}")


def _mount(source, target, kind, flags, options=None):
    def text(value):
        return None if value is None else os.fsencode(value)

    _call(libc.mount(text(source), text(target), text(kind), flags, text(options)), target)


def _call(result, about=None):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), about and str(about))


if __name__ == "__main__":
    main()
