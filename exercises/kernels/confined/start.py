"""Start a Jupyter kernel for untrusted code: it can compute and print, and little else.

Before the kernel starts, this process permanently gives up, for itself and its children,

- writing files, and reading anything but Python and the system libraries (Landlock);
- starting processes, signalling other processes, opening connections, changing the mode or owner
  of a file, and other operations that Landlock does not cover (seccomp);
- memory beyond MEMORY, privileges, and the environment variables of the grader.

This requires Linux 5.13 or newer; `python start.py --check` fails where it does not work.
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
FCHMODAT2 = 452  # by number, because older versions of libseccomp do not know the name

# IPython needs a temporary folder even though it cannot write to it.
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
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP; fails harmlessly unless root


def refuse_writing(*readable):
    """Apply Landlock: allow reading and executing below these paths, and nothing else."""
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
    # The kernel needs TCP sockets to listen on, and netlink to look up the machine's addresses.
    for family in set(range(64)) - {socket.AF_INET, socket.AF_NETLINK}:
        calls.add_rule(refused, "socket", seccomp.Arg(0, seccomp.EQ, family))
    for kind in set(range(16)) - {socket.SOCK_STREAM}:
        tcp = seccomp.Arg(0, seccomp.EQ, socket.AF_INET)
        calls.add_rule(refused, "socket", tcp, seccomp.Arg(1, seccomp.MASKED_EQ, 15, kind))
    calls.add_rule(refused, "tgkill", seccomp.Arg(0, seccomp.NE, os.getpid()))
    calls.add_rule(refused, "prlimit64", seccomp.Arg(0, seccomp.NE, 0))
    # Threads may start, processes may not. seccomp cannot inspect the flags of the newer calls;
    # with ENOSYS, the C library falls back to the older ones.
    thread = 0x10000  # CLONE_THREAD
    calls.add_rule(refused, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, thread, 0))
    for name in ("clone3", "openat2"):
        calls.add_rule(seccomp.ERRNO(errno.ENOSYS), name)
    # Before Linux 6.2, Landlock allows a file opened for reading to be truncated.
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
