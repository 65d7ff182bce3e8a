"""`make rehearse`: submissions that attack the lecturer's machine.

Each attack below runs in a cell of a submission. Its parameters name its targets, such as a process
or a file, which the rehearsal provides and compares afterwards from outside. Every attack runs
twice: with `CONFINED=no` it must do harm, or it would prove nothing; confined, it must do none.
"""

import contextlib
import csv
import ctypes
import inspect
import os
import resource
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from fcntl import ioctl
from pathlib import Path

import nbformat
import pytest

from exercises import generate
from tests.exercises.assignments import EXERCISES, read

PYTHON = EXERCISES.parent / ".venv-grading" / "bin" / "python"
NAME = "03_cross_entropy"
LINUX = tuple(map(int, os.uname().release.split(".")[:2]))
ATTACKS = []


def attack(since=(5, 13), alone=False):
    """Register an attack: from which Linux on it can work, and whether it may stop its kernel."""

    def register(function):
        function.since, function.alone = since, alone
        ATTACKS.append(function)
        return function

    return register


# --- attacks: they run in a submission, and import what they need -------------------------------

# Signals


@attack()
def kill(pid):
    import os

    os.kill(pid, 9)


@attack()
def signal_a_thread(pid):
    import ctypes

    ctypes.CDLL(None).syscall(234, pid, pid, 9)  # tgkill


@attack()
def queue_a_signal(pid):
    import ctypes

    ctypes.CDLL(None).sigqueue(pid, 9, None)


@attack()
def signal_by_pidfd(pid):
    import os
    import signal

    signal.pidfd_send_signal(os.pidfd_open(pid), 9)


@attack()
def signal_by_fcntl(pid):
    import fcntl
    import os

    reader, writer = os.pipe()
    fcntl.fcntl(reader, 10, 9)  # F_SETSIG
    fcntl.fcntl(reader, fcntl.F_SETOWN, pid)
    fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC)
    os.write(writer, b"x")


@attack()
def signal_by_fcntl_of_the_newer_kind(pid):
    import fcntl
    import os
    import struct

    reader, writer = os.pipe()
    fcntl.fcntl(reader, 15, struct.pack("ii", 1, pid))  # F_SETOWN_EX
    fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC)
    os.write(writer, b"x")


@attack()
def signal_by_ioctl(pid):
    import fcntl
    import os
    import socket
    import struct

    reader, writer = socket.socketpair()
    fcntl.ioctl(reader, 0x8901, struct.pack("i", pid))  # FIOSETOWN
    fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC)
    writer.send(b"x")


@attack()
def limit_of_another_process(pid):
    import resource

    resource.prlimit(pid, resource.RLIMIT_NOFILE, (7, 7))


# Priorities


@attack()
def priority(pid):
    import os

    os.setpriority(os.PRIO_PROCESS, pid, 15)


@attack()
def affinity(pid):
    import os

    os.sched_setaffinity(pid, {max(os.sched_getaffinity(pid))})


@attack()
def scheduler(pid):
    import os

    os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))


@attack()
def disk_priority(pid):
    import ctypes

    ctypes.CDLL(None).syscall(251, 1, pid, 3 << 13)  # ioprio_set, idle


# Connections: a register has 64 bits, but Linux looks at 32 of an `int`


@attack()
def connect(tcp):
    import socket

    socket.create_connection(("127.0.0.1", tcp))


@attack()
def connect_by_sendto(tcp):
    import socket

    socket.socket().sendto(b"x", socket.MSG_FASTOPEN, ("127.0.0.1", tcp))


@attack(alone=True)
def connect_by_a_socket_of_the_kernel(tcp):
    import os
    import socket
    import stat

    listeners = []
    for descriptor in map(int, os.listdir("/proc/self/fd")):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                listeners.append(socket.socket(fileno=descriptor))
                if not listeners[-1].getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    listeners.pop().detach()
        except OSError:
            pass
    one, another = listeners[:2]
    mine = one.dup()
    os.dup2(another.fileno(), one.fileno())  # or the kernel would miss it, and stop
    mine.shutdown(socket.SHUT_RD)  # it listens no more, and can connect
    mine.sendto(b"x", socket.MSG_FASTOPEN, ("127.0.0.1", tcp))


@attack()
def datagram(udp):
    import socket

    socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", udp))


@attack()
def datagram_by_a_wide_family(udp):
    import ctypes
    import socket

    number = ctypes.CDLL(None).syscall(41, ctypes.c_long(1 << 32 | 2), 2, 0)
    socket.socket(fileno=number).sendto(b"x", ("127.0.0.1", udp))


@attack()
def datagram_of_ipv6(udp6):
    import ctypes
    import socket

    number = ctypes.CDLL(None).syscall(41, ctypes.c_long(1 << 32 | 10), 2, 0)
    socket.socket(fileno=number).sendto(b"x", ("::1", udp6))


@attack()
def unix_datagram(unix):
    import ctypes
    import socket

    number = ctypes.CDLL(None).syscall(41, ctypes.c_long(1 << 32 | 1), 2, 0)
    socket.socket(fileno=number).sendto(b"x", unix)


@attack()
def abstract_unix_datagram(abstract):
    import ctypes
    import socket

    number = ctypes.CDLL(None).syscall(41, ctypes.c_long(1 << 32 | 1), 2, 0)
    socket.socket(fileno=number).sendto(b"x", "\0" + abstract)


@attack()
def unix_datagram_by_a_pair(unix):
    import socket

    socket.socketpair(type=socket.SOCK_DGRAM)[0].sendto(b"x", unix)


@attack()
def netlink_datagram(netlink):
    import socket

    # 2 is NETLINK_USERSOCK, for messages between programs
    sender = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 2)
    sender.sendto(b"x" * 16, (netlink, 0))


@attack()
def wait_for_callers(word):
    import socket

    server = socket.socket()
    server.bind(("", 0))
    server.listen()
    print(word[::-1])


@attack()
def wait_for_callers_unbound(word):
    import socket

    socket.socket().listen()
    print(word[::-1])


# Files


@attack()
def read_a_file(secret):
    print(open(secret).read())


@attack()
def write(path):
    open(path, "a").write("x")


@attack()
def empty_a_library_by_reading(library):
    import os

    os.open(library, os.O_RDONLY | os.O_TRUNC)


@attack()
def truncate(path):
    import os

    os.truncate(path, 1)


@attack()
def unlink(path):
    import os

    os.unlink(path)


@attack()
def rename(path):
    import os

    os.rename(path, path + "x")


@attack()
def make_a_folder(path):
    import os

    os.mkdir(path + "x")


@attack()
def link(path):
    import os

    os.symlink(path, path + "x")


@attack()
def chmod(path):
    import os

    os.chmod(path, 0o007)


@attack(since=(6, 6))
def chmod_by_number(path):
    import ctypes

    ctypes.CDLL(None).syscall(452, -100, path.encode(), 0o007, 0)  # fchmodat2


@attack()
def chmod_without_opening(path):
    import os

    os.fchmod(os.open(path, os.O_ACCMODE), 0o007)  # opened neither to read nor to write


@attack()
def touch(path):
    import os

    os.utime(path, (1, 1))


@attack()
def attribute(path):
    import os

    os.setxattr(path, "user.attack", b"x")


@attack(since=(6, 13))
def attribute_by_number(path):
    import ctypes
    import struct

    value = ctypes.create_string_buffer(b"x")
    arguments = struct.pack("QII", ctypes.addressof(value), 1, 0)
    # setxattrat
    ctypes.CDLL(None).syscall(463, -100, path.encode(), 0, b"user.attack", arguments, 16)


@attack(since=(6, 17))
def flag_of_a_file(path):
    import ctypes
    import struct

    noatime = struct.pack("QIIII", 0x40, 0, 0, 0, 0)
    ctypes.CDLL(None).syscall(469, -100, path.encode(), noatime, 24, 0)  # file_setattr


@attack()
def flag_of_a_file_by_ioctl(path):
    import fcntl
    import os

    noatime = (0x80).to_bytes(8, "little")
    fcntl.ioctl(os.open(path, os.O_RDONLY), 0x40086602, noatime)  # FS_IOC_SETFLAGS


@attack()
def screen_of_the_lecturer(log):
    import os

    for number in os.listdir("/proc/self/fd"):
        try:
            if os.readlink(f"/proc/self/fd/{number}") == log:
                os.write(int(number), b"anna: graded with 20 points\n")
        except OSError:
            pass


@attack()
def watch_a_folder(word):
    import ctypes

    libc = ctypes.CDLL(None)
    if libc.inotify_add_watch(libc.inotify_init(), b"/", 0xFFF) > 0:
        print(word[::-1])


# Memory, processes


@attack()
def too_much_shared_memory(word):
    import mmap

    mmap.mmap(-1, 6 << 30)
    print(word[::-1])


@attack()
def file_in_memory(word):
    import os

    os.write(os.memfd_create("x"), b"x")
    print(word[::-1])


@attack()
def memory_that_stays(word):
    import ctypes

    libc = ctypes.CDLL(None)
    number = libc.shmget(0, 4096, 0o600)
    if number >= 0:
        libc.shmctl(number, 0, None)
        print(word[::-1])


@attack()
def message_queue_that_stays(word):
    import ctypes

    libc = ctypes.CDLL(None)
    number = libc.msgget(0, 0o600)
    if number >= 0:
        libc.msgctl(number, 0, None)
        print(word[::-1])


@attack()
def semaphore_that_stays(word):
    import ctypes

    libc = ctypes.CDLL(None)
    number = libc.semget(0, 1, 0o600)
    if number >= 0:
        libc.semctl(number, 0, 0)
        print(word[::-1])


@attack()
def fork(word):
    import os

    if os.fork():
        print(word[::-1])
    else:
        os._exit(0)


@attack()
def command(word):
    import subprocess

    print(subprocess.check_output(["echo", word[::-1]]))


@attack(alone=True)
def become_another_program(nothing):
    import os

    os.execv("/bin/sleep", ["sleep", "1"])


# --- targets: what an attack is given, and how its harm shows -----------------------------------


# A program that does nothing, without the privileges of root, which would protect it.
PROGRAM = """
import ctypes, os
for capability in range(64):
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP
os.execlp("sleep", "sleep", "600")
"""


class Process:
    """Another program of the lecturer."""

    def __init__(self, folder):
        self.process = subprocess.Popen([sys.executable, "-c", PROGRAM])
        self.given, self.before = self.process.pid, self.state()

    def state(self):
        if self.process.poll() is not None:
            return "dead"
        pid, libc = self.process.pid, ctypes.CDLL(None)
        priorities = os.getpriority(os.PRIO_PROCESS, pid), libc.syscall(252, 1, pid)  # ioprio_get
        limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        return priorities, os.sched_getaffinity(pid), os.sched_getscheduler(pid), limits

    def harm(self, outcome):
        return self.state() != self.before

    def close(self):
        self.process.kill()
        self.process.wait()


class File:
    """A file in a folder of its own."""

    def __init__(self, folder):
        self.path = folder / "work.txt"
        self.path.write_text("whole")
        self.given, self.before = str(self.path), self.state()

    def state(self):
        if sorted(self.path.parent.iterdir()) != [self.path]:
            return "not alone"
        with self.path.open("rb") as file:
            flags = ioctl(file, 0x80086601, bytes(8))  # FS_IOC_GETFLAGS
            facts = os.fstat(file.fileno())
            text = file.read()
        return text, stat.filemode(facts.st_mode), facts.st_mtime, os.listxattr(self.path), flags

    def harm(self, outcome):
        return self.state() != self.before

    def close(self):
        pass


class Library(File):
    """A file of the environment, which every kernel may read."""

    def __init__(self, folder):
        self.folder = tempfile.mkdtemp(dir=PYTHON.parent)
        super().__init__(Path(self.folder))

    def close(self):
        shutil.rmtree(self.folder)


class Secret(File):
    """A file that only the lecturer may read."""

    def __init__(self, folder):
        super().__init__(folder)
        self.path.write_text("a secret: " + folder.name)

    def harm(self, outcome):
        return self.path.read_text() in outcome.outputs


class Word:
    """A word to print backwards once an attack has got through."""

    def __init__(self, folder):
        self.given = f"through {folder.name}"

    def harm(self, outcome):
        return self.given[::-1] in outcome.outputs

    def close(self):
        pass


class Kernel:
    """The kernel in which the attack runs."""

    given = None

    def __init__(self, folder):
        self.student = folder.name

    def harm(self, outcome):
        return "crashed" in outcome.remarks[self.student]

    def close(self):
        pass


class Log:
    """What `make grade` prints."""

    given = None

    def __init__(self, folder):
        self.given = str(folder.parents[1] / "grade.log")

    def harm(self, outcome):
        return "20 points" in outcome.log

    def close(self):
        pass


class Listener:
    """A socket of the lecturer, which nobody should reach."""

    def __init__(self, family, kind, address, protocol=0):
        self.socket = socket.socket(family, kind, protocol)
        self.socket.bind(address)
        self.socket.setblocking(False)
        if kind == socket.SOCK_STREAM:
            self.socket.listen()
        self.given = self.socket.getsockname()
        if family in (socket.AF_INET, socket.AF_INET6):
            self.given = self.given[1]
        elif family == socket.AF_NETLINK:
            self.given = self.given[0]
        elif isinstance(self.given, bytes):
            self.given = self.given[1:].decode()

    def harm(self, outcome):
        try:
            if self.socket.type == socket.SOCK_STREAM:
                self.socket.accept()[0].close()
            else:
                self.socket.recv(100)
        except BlockingIOError:
            return False
        return True

    def close(self):
        self.socket.close()


TARGETS = {
    "pid": Process,
    "path": File,
    "library": Library,
    "secret": Secret,
    "word": Word,
    "log": Log,
    "nothing": Kernel,
    "tcp": lambda _: Listener(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
    "udp": lambda _: Listener(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
    "udp6": lambda _: Listener(socket.AF_INET6, socket.SOCK_DGRAM, ("::1", 0)),
    "unix": lambda folder: Listener(socket.AF_UNIX, socket.SOCK_DGRAM, str(folder / "socket")),
    "abstract": lambda folder: Listener(socket.AF_UNIX, socket.SOCK_DGRAM, f"\0{folder}"),
    "netlink": lambda _: Listener(socket.AF_NETLINK, socket.SOCK_DGRAM, (0, 0), 2),
}


# --- the rehearsal ------------------------------------------------------------------------------

BUILT = ("release", "submitted", "autograded", "feedback", "grades", "gradebook.db")
# Smaller limits on what the grading process may use, so that little is enough to reach them.
SMALLER = {
    "MEMORY = 2 * 2**30": "MEMORY = 600 * 2**20",
    "LARGEST_OUTPUT = 100": "LARGEST_OUTPUT = 10",
}
LINES = "for k in range(6_000): print(k, flush=True)"  # which costs an honest student nothing
WORDY = {
    "many lines": ["while True: print('x' * 1000)"],
    "many displays": ["for _ in range(200): display({'text/plain': 'x' * (5 << 20)}, raw=True)"],
    "much memory": ["print('x' * (20 << 20))"] * 40,
    "large file": ["print('x' * (12 << 20))"],
}


def submission(*sources):
    """Return an unsolved notebook with these cells at the end."""
    notebook = generate.student(read(NAME))
    notebook.cells += map(nbformat.v4.new_code_cell, sources)
    return notebook


class Outcome:
    """What is left after all attacks were graded."""

    def __init__(self, course, confined, targets):
        self.confined, self.targets, self.course = confined, targets, course
        self.log = (course.parent / "grade.log").read_text(encoding="utf-8")
        self.peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024  # bytes
        with (course / "grades" / f"{NAME}.csv").open(newline="", encoding="utf-8") as file:
            self.remarks = {row["student"]: row["remark"] for row in csv.DictReader(file)}
        graded = nbformat.read(course / f"autograded/attacks/{NAME}/{NAME}.ipynb", as_version=4)
        self.outputs = str([cell.get("outputs") for cell in graded.cells])


@pytest.fixture(scope="module", params=["confined", "unprotected"])
def outcome(request, tmp_path_factory):
    """Grade a submission with all attacks, in a copy of the course."""
    course = tmp_path_factory.mktemp("attacks") / "exercises"
    shutil.copytree(EXERCISES, course, ignore=shutil.ignore_patterns(*BUILT))
    for limit, smaller in SMALLER.items():
        text = (course / "grade.py").read_text(encoding="utf-8")
        assert limit in text
        (course / "grade.py").write_text(text.replace(limit, smaller), encoding="utf-8")
    with contextlib.ExitStack() as stack:
        cells, targets, submissions = [], {}, {"honest": submission(LINES)}
        for function in ATTACKS:
            name = function.__name__
            (parameter,) = inspect.signature(function).parameters
            (folder := course.parent / "targets" / name).mkdir(parents=True)
            targets[name] = TARGETS[parameter](folder)
            stack.callback(targets[name].close)
            source = inspect.getsource(function).split("\n", 1)[1]  # without its decorator
            source += f"\n{name}({targets[name].given!r})"
            if function.alone:
                submissions[name] = submission(source)
            else:
                cells.append(source)
        submissions["attacks"] = submission(*cells)
        if request.param == "confined":
            submissions |= {student: submission(*cells) for student, cells in WORDY.items()}
        (folder := course.parent / "submissions").mkdir()
        for student, notebook in submissions.items():
            nbformat.write(notebook, folder / f"{student}.ipynb")
        with (course.parent / "grade.log").open("a") as log:
            subprocess.run(
                [PYTHON, "-m", "exercises.grade", folder],
                cwd=course.parent,
                env=os.environ | {"CONFINED": "yes" if request.param == "confined" else "no"},
                stdout=log,
                stderr=log,
                check=True,
            )
        yield Outcome(course, request.param == "confined", targets)


@pytest.mark.parametrize("function", ATTACKS, ids=lambda function: function.__name__)
def test_attack_does_harm_only_without_protection(outcome, function):
    harm = outcome.targets[function.__name__].harm(outcome)
    if outcome.confined:
        assert not harm, outcome.outputs
    elif LINUX >= function.since:
        assert harm, f"This attack never does harm, so it proves nothing: {outcome.outputs}"


def test_too_much_output_is_remarked_and_stored_nowhere(outcome):
    if not outcome.confined:
        pytest.skip("would fill the memory")
    for student in WORDY:
        assert "printed too much" in outcome.remarks[student], student
    assert not outcome.remarks["honest"]
    files = [path for path in outcome.course.rglob("*") if path.is_file()]
    assert max(path.stat().st_size for path in files) < 20 * 2**20
    assert outcome.peak < 2**30


def test_grading_says_which_protection_is_missing(tmp_path):
    """Pretend to be older versions of Linux."""
    code = "import sys, start; print(*start.missing(int(sys.argv[1])), sep='\\n')"
    folder = EXERCISES / "kernels" / "confined"

    def said(version):
        command = [PYTHON, "-c", code, str(version)]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout

    assert "connections" in said(3) and "signals" in said(3)
    assert "connections" not in said(4) and "signals" in said(5)
    assert "Landlock" not in said(6)
