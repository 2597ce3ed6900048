import os
import platform
import socket

print(socket.gethostname(), os.uname().nodename, platform.node(), platform.uname().system)
print(platform.platform(), platform.machine(), platform.processor() or "-", platform.release())
print(platform.python_version_tuple()[:2], platform.architecture()[0], platform.libc_ver()[0])
print(os.uname()._fields if hasattr(os.uname(), "_fields") else len(os.uname()))
# same
# changed: platform.release() -> platform.version() @ fact platform.version at end
# added: print(socket.getfqdn()) @ fact socket.getfqdn at end
# removed: print(os.uname()._fields @ output stdout #4
