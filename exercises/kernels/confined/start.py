"""Start a Jupyter kernel for untrusted code: it can compute and print, and little else.

Before the kernel starts, this process permanently gives up, for itself and its children,

- writing files, and reading any but Python, the libraries and /proc (Landlock); in an exam, the
  answers that the checks of `xent_lib.feedback` know cannot be read either;
- connections, ports other than the kernel's own, and signals to other processes (newer Landlock);
- memory beyond MEMORY, privileges, open files, and the environment variables of the grader.

Before the first cell runs, the kernel also gives up

- every system call that computing and printing do not need (seccomp), among them those that
  open sockets, start programs, signal other processes, or change the mode or owner of a file.

This requires Linux 5.13 or newer. `python start.py --check` fails where it does not work, and
prints what is missing where it works in part; it also imports `xent_lib` as a kernel would.
"""

import contextlib
import ctypes
import errno
import fcntl
import glob
import importlib.util
import json
import os
import resource
import socket
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

import landlock
import pyseccomp as seccomp

MEMORY = 2 * 2**30  # bytes
SHARED = 2**30  # bytes of shared memory, program files and reserved addresses
THREADS = 1000
NO_LIBRARY = "The kernel in which answers run cannot import xent_lib"

READABLE = ["/usr", "/lib", "/lib64", "/nix/store", "/proc", "/sys/devices/system/cpu"]
READABLE += ["/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom"]

# The system calls that a running kernel needs. A call that is not listed here does not exist for
# the student's code, be it old or not yet invented.
ALLOWED = """
    brk mmap munmap mremap mprotect madvise mincore membarrier
    futex set_robust_list get_robust_list rseq gettid getpid getppid exit exit_group
    sched_yield sched_getaffinity sched_getparam sched_getscheduler
    sched_get_priority_min sched_get_priority_max getpgid getpgrp getsid
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait sigaltstack pause
    restart_syscall alarm setitimer getitimer
    read readv pread64 preadv write writev lseek close close_range dup dup2 dup3 pipe pipe2
    stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2
    readlink readlinkat getdents64 getcwd chdir fchdir fadvise64
    poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait
    eventfd eventfd2
    accept accept4 recvfrom recvmsg getsockname getpeername getsockopt setsockopt
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times getrusage
    getrandom getrlimit uname sysinfo getuid geteuid getgid getegid getgroups getresuid getresgid
"""
INT = 0xFFFFFFFF  # of an argument that is an `int`, Linux ignores the other bits of the register
CLONE_THREAD = 0x10000
MSG_FASTOPEN = 0x20000000
PR_SET_NAME, PR_GET_NAME = 15, 16
FCNTL = [fcntl.F_DUPFD, fcntl.F_DUPFD_CLOEXEC, fcntl.F_GETFD, fcntl.F_SETFD]
FCNTL += [fcntl.F_GETFL, fcntl.F_SETFL]
IOCTL = [termios.TCGETS, termios.TIOCGWINSZ, termios.FIONBIO, termios.FIONREAD, termios.FIOCLEX]


def main():
    if sys.argv[1:2] == ["--run"]:
        run(sys.argv[2], sys.argv[3:])
        return
    folder = tempfile.mkdtemp()
    for name in ("startup", "log", "security", "pid"):
        os.makedirs(f"{folder}/profile_default/{name}")
    environment = {"PATH": os.defpath, "HOME": folder, "IPYTHONDIR": folder, "LANG": "C.UTF-8"}
    environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    kept = ("JPY_PARENT_PID", "JPY_SESSION_NAME", "NBGRADER_EXECUTION", "EXAM")
    environment |= {name: os.environ[name] for name in kept if name in os.environ}

    connection_file = sys.argv[-1]  # "--check" if there is none
    library = library_folder()
    readable = [*READABLE, sys.prefix, sys.base_prefix, *parts(library), connection_file, folder]
    os.chdir(folder)
    limit_resources()
    drop_privileges()
    confine_files(*readable, __file__, listed=library)
    confine_connections_and_signals(connection_file)
    if sys.argv[1:] != ["--check"]:
        close_files()
    # Only a new program takes over the environment and the privileges.
    command = [sys.executable, "-P", __file__, "--run", folder, *sys.argv[1:]]
    os.execve(sys.executable, command, environment)


def library_folder():
    return Path(importlib.util.find_spec("xent_lib").origin).parent


def parts(library):
    """Return what may be read of the library: in an exam, all but what the checks know."""
    if os.environ.get("EXAM") != "yes":
        return [library]
    feedback = library / "feedback"
    others = [part for part in library.iterdir() if part != feedback]
    answers = set(feedback.glob("chapter_*.py"))
    return [*others, *(part for part in feedback.glob("*.py") if part not in answers)]


def run(folder, arguments):
    """Start the kernel, then give up what was needed only for that, and wait for cells."""
    tempfile.tempdir = folder  # IPython needs a temporary folder even though it cannot write to it
    if os.environ.get("EXAM") == "yes":
        for answers in library_folder().glob("feedback/chapter_*.py"):
            with contextlib.suppress(PermissionError):
                answers.read_bytes()
                sys.exit(f"In an exam, {answers} must not be readable, and it is.")
    if arguments == ["--check"]:
        try:
            importlib.import_module("xent_lib")
        except (ImportError, OSError) as error:
            sys.exit(f"{NO_LIBRARY} ({error}). Unset PYTHONPATH, and install this checkout.")
        lines = missing(landlock.landlock_abi_version())
        refuse_system_calls()
        print(*lines, sep="\n", end="\n" if lines else "")
        return
    import psutil
    from ipykernel import kernelapp, zmqshell

    # exit() in one cell must not cost the exercises of all others.
    zmqshell.ZMQInteractiveShell.ask_exit = lambda shell: None
    kernel = kernelapp.IPKernelApp.instance()
    # A command of the notebook needs its sign: without it, `exercises.suspicious` sees a name.
    options = ["InteractiveShell.automagic=False", "HistoryManager.enabled=False", "log-level=40"]
    kernel.initialize([*arguments, *(f"--{option}" for option in options)])
    # Python reads a cell as it stands: the prefilter would make `exit x` a call, unseen there too.
    kernel.shell.prefilter_manager.prefilter_lines = lambda lines, continue_prompt=False: lines
    connections = psutil.Process().net_connections
    while kernel.hb_port not in {connection.laddr.port for connection in connections()}:
        time.sleep(0.01)  # the heartbeat opens its port in a thread of its own
        if not kernel.heartbeat.is_alive():
            sys.exit("Another program took the port of the heartbeat.")  # grade.py tries again
    refuse_system_calls()
    kernel.start()


def missing(version):
    """Say which protections a system with this version of Landlock lacks, one per line."""
    lines = []
    if version < 4:
        lines.append("Landlock cannot confine connections before Linux 6.7; only seccomp does.")
    if version < 6:
        lines.append("Landlock cannot confine signals before Linux 6.12; only seccomp does.")
    if os.getuid() == 0:
        lines.append("The number of threads has no limit, because you are root.")
    return lines


# --- before the kernel starts -----------------------------------------------------------------


def limit_resources():
    threads = len(glob.glob("/proc/[0-9]*/task/*"))  # the limit counts those of other programs too
    for kind, limit in [
        (resource.RLIMIT_DATA, MEMORY),
        (resource.RLIMIT_AS, MEMORY + SHARED),  # also counts what the first does not
        (resource.RLIMIT_NPROC, threads + THREADS),
        (resource.RLIMIT_NOFILE, 1024),  # each may hold buffers of the system
        (resource.RLIMIT_CORE, 0),
    ]:
        _, highest = resource.getrlimit(kind)
        limit = limit if highest == resource.RLIM_INFINITY else min(limit, highest)
        resource.setrlimit(kind, (limit, limit))


def drop_privileges():
    libc = ctypes.CDLL(None)
    for capability in range(64):
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP; fails harmlessly unless root


def confine_files(*readable, listed):
    """Apply Landlock: allow reading and executing below these paths, and nothing else.

    Python must also be able to list the folders that it imports from.
    """
    access = landlock.FSAccess
    rules = landlock.Ruleset()
    for path in filter(os.path.exists, map(os.fspath, readable)):
        directory = access.READ_DIR if os.path.isdir(path) else access.READ_FILE
        rules.allow(path, rules=access.READ_FILE | access.EXECUTE | directory)
    rules.allow(listed, rules=access.READ_DIR)
    rules.allow("/dev/null", rules=access.READ_FILE | access.WRITE_FILE)
    rules.apply()


def confine_connections_and_signals(connection_file):
    """Apply what newer versions of Landlock offer, and the package `landlock` does not.

    TCP only at the ports that the connection file names, connections to nowhere; no signals and
    no abstract Unix sockets beyond this process.
    """
    version = landlock.landlock_abi_version()
    if version < 4:
        return
    bind_and_connect, sockets_and_signals = 3, 3 if version >= 6 else 0
    attributes = struct.pack("QQQ", 0, bind_and_connect, sockets_and_signals)
    rules = system_call(444, attributes, 24 if version >= 6 else 16, 0)  # landlock_create_ruleset
    if os.path.exists(connection_file):
        for key, port in json.loads(Path(connection_file).read_text()).items():
            if key.endswith("_port"):
                bind = 1
                system_call(445, rules, 2, struct.pack("QQ", bind, port), 0)  # landlock_add_rule
    system_call(446, rules, 0)  # landlock_restrict_self


def system_call(number, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"system call {number} failed")
    return result


def close_files():
    """Close the grader's files and terminal: Landlock does not confine what is open already."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    for descriptor in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            os.set_inheritable(int(descriptor), int(descriptor) < 3)


# --- before the first cell runs ---------------------------------------------------------------


def refuse_system_calls():
    """Apply seccomp to all threads: calls that are not allowed fail as "not implemented"."""
    calls = seccomp.SyscallFilter(seccomp.ERRNO(errno.ENOSYS))
    calls.set_attr(seccomp.Attr.CTL_TSYNC, 1)
    for name in ALLOWED.split():
        calls.add_rule(seccomp.ALLOW, name)

    def allow(name, argument, mask, *values):
        """Allow a call if the bits `mask` of this argument are one of the values."""
        for value in values:
            condition = seccomp.Arg(argument, seccomp.MASKED_EQ, mask, value)
            calls.add_rule(seccomp.ALLOW, name, condition)

    # ZeroMQ insists on this call for its threads: it is answered as if it had succeeded.
    calls.add_rule(seccomp.ERRNO(0), "sched_setscheduler")
    allow("clone", 0, CLONE_THREAD, CLONE_THREAD)  # starts threads, but no processes
    allow("tgkill", 0, INT, os.getpid())  # signals its own threads
    allow("prlimit64", 0, INT, 0)  # reads and lowers its own limits
    allow("prctl", 0, INT, PR_SET_NAME, PR_GET_NAME)
    allow("fcntl", 1, INT, *FCNTL)  # others send signals, or hold locks
    allow("ioctl", 1, INT, *IOCTL)  # others send signals, or change a terminal
    allow("sendto", 3, MSG_FASTOPEN, 0)  # with this flag, it would connect
    # Python's event loops wake themselves by such a pair; a datagram socket could send elsewhere.
    family = seccomp.Arg(0, seccomp.MASKED_EQ, INT, socket.AF_UNIX)
    stream = seccomp.Arg(1, seccomp.MASKED_EQ, 15, socket.SOCK_STREAM)
    calls.add_rule(seccomp.ALLOW, "socketpair", family, stream)
    # Before Linux 6.2, Landlock allows a file opened for reading to be truncated.
    modes = [os.O_RDONLY, os.O_WRONLY, os.O_RDWR, os.O_WRONLY | os.O_TRUNC, os.O_RDWR | os.O_TRUNC]
    for name, argument in [("open", 1), ("openat", 2)]:
        allow(name, argument, os.O_ACCMODE | os.O_TRUNC, *modes)
    calls.load()


if __name__ == "__main__":
    main()
