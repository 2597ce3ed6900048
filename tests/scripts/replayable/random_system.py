import random
import secrets

dice = random.SystemRandom()
print(dice.random(), dice.randint(1, 6), secrets.token_hex(8), secrets.randbelow(1000))
print(secrets.token_urlsafe(16), secrets.choice("abcdef"), len(secrets.token_bytes(2000)))
print(secrets.token_bytes(2000)[:4])
# changed: token_hex(8) -> token_hex(9) @ read os.urandom(9) at os.urandom
# changed: len(secrets.token_bytes(2000)) -> len(secrets.token_bytes(2001)) @ request os.urandom
# added: secrets.token_hex(4) @ read os.urandom(4) at end
# removed: print(secrets.token_bytes(2000)[:4]) @ missing os.urandom #2
