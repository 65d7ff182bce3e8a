"""Start a Jupyter kernel that can compute, print, and little else: for the code of others.

Before the kernel starts, this process gives up, for good and for all that runs in it,

- writing files, and reading beyond Python and the libraries of the system (Landlock);
- starting processes, signals to others, connections, changing the mode or owner of a file, and
  what else Landlock does not see to (seccomp);
- memory beyond MEMORY, privileges, and the environment variables of whoever grades.

That takes Linux 5.13 or newer; `python start.py --check` tells whether it works here.
"""

import ctypes
import errno
import importlib.util
import os
import resource
import socket
import sys
import tempfile
from pathlib import Path

import landlock
import pyseccomp as seccomp

MEMORY = 2 * 2**30  # bytes

READABLE = ["/usr", "/lib", "/lib64", "/nix/store", "/proc", "/sys/devices/system/cpu"]
READABLE += ["/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom"]

REFUSED = """
    fork vfork kill tkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal ptrace
    connect sendmsg sendmmsg io_uring_setup keyctl add_key request_key
    chmod fchmod fchmodat chown fchown lchown fchownat utime utimes utimensat futimesat truncate
    setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr open_by_handle_at
"""
FCHMODAT2 = 452  # not known by name to every libseccomp

# The kernel, with nowhere to put a file; IPython asks for the place all the same.
KERNEL = """
import sys, tempfile
tempfile.tempdir = sys.argv.pop(1)
from ipykernel import kernelapp
kernelapp.launch_new_instance()
"""


def limit_memory():
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def drop_privileges():
    libc = ctypes.CDLL(None)
    for capability in range(64):
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP; for root, and in vain for others


def refuse_writing(*readable):
    """Apply Landlock: reading and executing below these paths, and nothing else."""
    access = landlock.FSAccess
    rules = landlock.Ruleset()
    for path in filter(os.path.exists, map(os.fspath, readable)):
        directory = access.READ_DIR if os.path.isdir(path) else access.READ_FILE
        rules.allow(path, rules=access.READ_FILE | access.EXECUTE | directory)
    rules.allow("/dev/null", rules=access.READ_FILE | access.WRITE_FILE)
    rules.apply()


def refuse_system_calls():
    """Apply seccomp: these calls fail with "operation not permitted"."""
    calls = seccomp.SyscallFilter(seccomp.ALLOW)
    refused = seccomp.ERRNO(errno.EPERM)
    for name in (*REFUSED.split(), FCHMODAT2):
        calls.add_rule(refused, name)
    # Sockets to be called on (TCP), and to ask the system for its addresses: the kernel needs both.
    for family in set(range(64)) - {socket.AF_INET, socket.AF_NETLINK}:
        calls.add_rule(refused, "socket", seccomp.Arg(0, seccomp.EQ, family))
    for kind in set(range(16)) - {socket.SOCK_STREAM}:
        tcp = seccomp.Arg(0, seccomp.EQ, socket.AF_INET)
        calls.add_rule(refused, "socket", tcp, seccomp.Arg(1, seccomp.MASKED_EQ, 15, kind))
    calls.add_rule(refused, "tgkill", seccomp.Arg(0, seccomp.NE, os.getpid()))
    calls.add_rule(refused, "prlimit64", seccomp.Arg(0, seccomp.NE, 0))
    # Threads may start, and processes not; the flags of the newer calls cannot be looked into.
    thread = 0x10000  # CLONE_THREAD
    calls.add_rule(refused, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, thread, 0))
    for name in ("clone3", "openat2"):
        calls.add_rule(seccomp.ERRNO(errno.ENOSYS), name)
    # Opened for reading, and yet emptied: before Linux 6.2 Landlock lets that pass.
    emptied = (seccomp.MASKED_EQ, os.O_ACCMODE | os.O_TRUNC, os.O_TRUNC)
    calls.add_rule(refused, "open", seccomp.Arg(1, *emptied))
    calls.add_rule(refused, "openat", seccomp.Arg(2, *emptied))
    calls.load()


def main():
    folder = tempfile.mkdtemp()
    for name in ("startup", "log", "security", "pid"):
        os.makedirs(f"{folder}/profile_default/{name}")
    environment = {"PATH": os.defpath, "HOME": folder, "IPYTHONDIR": folder, "LANG": "C.UTF-8"}
    environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    kept = ("JPY_PARENT_PID", "JPY_SESSION_NAME", "NBGRADER_EXECUTION")
    environment |= {name: os.environ[name] for name in kept if name in os.environ}

    library = Path(importlib.util.find_spec("xent_lib").origin).parent
    connection_file = sys.argv[-1]
    readable = [*READABLE, sys.prefix, sys.base_prefix, library, connection_file, folder]
    os.chdir(folder)
    limit_memory()
    drop_privileges()
    refuse_writing(*readable)
    refuse_system_calls()
    if sys.argv[1:] == ["--check"]:
        return
    kernel = ["-c", KERNEL, folder, "--HistoryManager.enabled=False", "--log-level=40"]
    os.execve(sys.executable, [sys.executable, *kernel, *sys.argv[1:]], environment)


if __name__ == "__main__":
    main()
