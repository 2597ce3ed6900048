"""The numbers of the system calls that the seal denies or judges, by architecture.

Source: `arch/x86/entry/syscalls/syscall_64.tbl` and `include/uapi/asm-generic/unistd.h`.
"""

from __future__ import annotations


class Table:
    """One architecture: its AUDIT_ARCH number, and its system calls by name."""

    def __init__(self, architecture: int, numbers: dict[str, int]) -> None:
        self.architecture = architecture
        self.numbers = {**_EVERYWHERE, **numbers}


# fmt: off
# Calls newer than Linux 5.0 have one number on every architecture.
_EVERYWHERE = {
    "clone3": 435, "fchmodat2": 452, "file_setattr": 469, "fsconfig": 431, "fsmount": 432,
    "fsopen": 430, "fspick": 433, "io_uring_setup": 425, "mount_setattr": 442, "move_mount": 429,
    "open_tree": 428, "open_tree_attr": 467, "openat2": 437, "pidfd_getfd": 438,
    "pidfd_send_signal": 424, "process_madvise": 440, "quotactl_fd": 443, "removexattrat": 466,
    "setxattrat": 463,
}

X86_64 = Table(0xC000003E, {
    "acct": 163, "add_key": 248, "adjtimex": 159, "bind": 49, "bpf": 321, "chmod": 90,
    "chown": 92, "chroot": 161, "clock_adjtime": 305, "clock_settime": 227, "clone": 56,
    "connect": 42, "delete_module": 176, "execve": 59, "execveat": 322, "fanotify_init": 300,
    "fchmod": 91, "fchmodat": 268, "fchown": 93, "fchownat": 260, "finit_module": 313,
    "fork": 57, "fremovexattr": 199, "fsetxattr": 190, "futimesat": 261, "init_module": 175,
    "ioctl": 16, "ioperm": 173, "iopl": 172, "ioprio_set": 251, "kexec_file_load": 320,
    "kexec_load": 246, "keyctl": 250, "kill": 62, "lchown": 94, "listen": 50,
    "lremovexattr": 198, "lsetxattr": 189, "mknod": 133, "mount": 165, "mq_open": 240,
    "mq_unlink": 241, "msgctl": 71, "msgget": 68, "msgsnd": 69, "perf_event_open": 298,
    "pivot_root": 155, "prlimit64": 302, "process_vm_writev": 311, "ptrace": 101,
    "quotactl": 179, "reboot": 169, "removexattr": 197, "request_key": 249,
    "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297, "seccomp": 317, "semctl": 66, "semget": 64,
    "semop": 65, "semtimedop": 220, "sendmmsg": 307, "sendmsg": 46, "sendto": 44,
    "setdomainname": 171, "sethostname": 170, "setns": 308, "setpriority": 141,
    "settimeofday": 164, "setxattr": 188, "shmat": 30, "shmctl": 31, "shmget": 29, "socket": 41,
    "socketpair": 53, "swapoff": 168, "swapon": 167, "tgkill": 234, "tkill": 200, "umount2": 166,
    "unshare": 272, "utime": 132, "utimensat": 280, "utimes": 235, "vfork": 58,
    "creat": 85, "link": 86, "linkat": 265, "mkdir": 83, "mkdirat": 258, "mknodat": 259,
    "open": 2, "openat": 257, "rename": 82, "renameat": 264, "renameat2": 316, "rmdir": 84,
    "symlink": 88, "symlinkat": 266, "truncate": 76, "unlink": 87, "unlinkat": 263,
})

AARCH64 = Table(0xC00000B7, {
    "acct": 89, "add_key": 217, "adjtimex": 171, "bind": 200, "bpf": 280, "chroot": 51,
    "clock_adjtime": 266, "clock_settime": 112, "clone": 220, "connect": 203,
    "delete_module": 106, "execve": 221, "execveat": 281, "fanotify_init": 262, "fchmod": 52,
    "fchmodat": 53, "fchown": 55, "fchownat": 54, "finit_module": 273, "fremovexattr": 16,
    "fsetxattr": 7, "init_module": 105, "ioctl": 29, "ioprio_set": 30, "kexec_file_load": 294,
    "kexec_load": 104, "keyctl": 219, "kill": 129, "listen": 201, "lremovexattr": 15,
    "lsetxattr": 6, "mount": 40, "mq_open": 180, "mq_unlink": 181, "msgctl": 187, "msgget": 186,
    "msgsnd": 189, "perf_event_open": 241, "pivot_root": 41, "prlimit64": 261,
    "process_vm_writev": 271, "ptrace": 117, "quotactl": 60, "reboot": 142, "removexattr": 14,
    "request_key": 218, "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240, "seccomp": 277,
    "semctl": 191, "semget": 190, "semop": 193, "semtimedop": 192, "sendmmsg": 269,
    "sendmsg": 211, "sendto": 206, "setdomainname": 162, "sethostname": 161, "setns": 268,
    "setpriority": 140, "settimeofday": 170, "setxattr": 5, "shmat": 196, "shmctl": 195,
    "shmget": 194, "socket": 198, "socketpair": 199, "swapoff": 225, "swapon": 224,
    "tgkill": 131, "tkill": 130, "umount2": 39, "unshare": 97, "utimensat": 88,
    "linkat": 37, "mkdirat": 34, "mknodat": 33, "openat": 56, "renameat": 38, "renameat2": 276,
    "symlinkat": 36, "truncate": 45, "unlinkat": 35,
})

# Allowed on this process, denied on every other.
OWN_PROCESS = (
    "kill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "tgkill",
)

# Denied whatever the arguments: what goes out, starts a process, or changes a file's attributes
# (a filter cannot see whose; the overlay keeps modes and times itself), another process, or the
# machine.  With Landlock, which sees paths, the rest of the file system needs nothing here.
DENIED = (
    "acct", "add_key", "adjtimex", "bind", "bpf", "chmod", "chown", "chroot", "clock_adjtime",
    "clock_settime", "connect", "delete_module", "execve", "execveat", "fanotify_init", "fchmod",
    "fchmodat", "fchmodat2", "fchown", "fchownat", "file_setattr", "finit_module", "fork",
    "fremovexattr", "fsconfig", "fsetxattr", "fsmount", "fsopen", "fspick", "futimesat",
    "init_module", "ioperm", "iopl", "ioprio_set", "kexec_file_load", "kexec_load", "keyctl",
    "lchown", "listen", "lremovexattr", "lsetxattr", "mknod", "mount", "mount_setattr",
    "move_mount", "mq_open", "mq_unlink", "msgctl", "msgget", "msgsnd", "open_tree",
    "open_tree_attr", "perf_event_open", "pidfd_getfd", "pidfd_send_signal", "pivot_root",
    "process_madvise", "process_vm_writev", "ptrace", "quotactl", "quotactl_fd", "reboot",
    "removexattr", "removexattrat", "request_key", "semctl", "semget", "semop", "semtimedop",
    "sendmmsg", "setdomainname", "sethostname", "setns", "settimeofday",
    "setxattr", "setxattrat", "shmat", "shmctl", "shmget", "swapoff", "swapon", "tkill",
    "umount2", "unshare", "utime", "utimensat", "utimes", "vfork",
)

# Denied without a word: libraries ask so for what concerns nobody, and go on without.
QUIET = frozenset({
    "adjtimex", "clock_adjtime", "ioprio_set", "perf_event_open", "process_madvise",
})

# Landlock judges these, which see paths; the supervisor looks at them to name what it stops.
CHANGES = (
    "creat", "link", "linkat", "mkdir", "mkdirat", "mknodat", "openat2", "rename", "renameat",
    "renameat2", "rmdir", "symlink", "symlinkat", "truncate", "unlink", "unlinkat",
)
OPENS = {"open": 1, "openat": 2}
"""Those that may be for reading only, and which argument tells."""
# fmt: on
