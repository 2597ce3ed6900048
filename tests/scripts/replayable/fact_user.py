import getpass
import grp
import os
import pwd

user = getpass.getuser()
entry = pwd.getpwuid(os.getuid())
print(user, entry.pw_name, entry.pw_uid, entry.pw_dir[:1], type(entry).__name__)
print(grp.getgrgid(os.getgid()).gr_name)
try:
    print(os.getlogin())
except OSError as error:
    print("no login", error.errno)
try:
    pwd.getpwnam("nobody of that name")
except KeyError as error:
    print(error)
# same
# changed: os.getgid() -> os.getegid() @ fact os.getegid at end
# added: os.getppid() @ fact os.getppid at end
# removed: print(grp. @ output stdout #2
