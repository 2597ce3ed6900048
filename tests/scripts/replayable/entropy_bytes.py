import os
import ssl

print(os.urandom(8).hex(), os.getrandom(6).hex(), os.getrandom(6, os.GRND_NONBLOCK).hex())
print(ssl.RAND_bytes(12).hex(), os.urandom(0), os.urandom(100).hex())
try:
    os.urandom(-1)
except ValueError as error:
    print(error)
# changed: os.urandom(8) -> os.urandom(9) @ read os.urandom(9) at reads
# changed: os.urandom(100) -> os.urandom(101) @ request os.urandom
# added: os.getrandom(3) @ read os.getrandom(3) at end
# removed: os.urandom(0), os.urandom(100) -> os.urandom(0) @ output stdout #2
