import random
import secrets

dice = random.SystemRandom()
print(dice.random(), dice.randint(1, 6), secrets.token_hex(8), secrets.randbelow(1000))
print(secrets.token_urlsafe(16), secrets.choice("abcdef"), len(secrets.token_bytes(2000)))
print(secrets.token_bytes(2000)[:4])
# mutant: token_hex(8) -> token_hex(9) @ read os.urandom
# mutant: len(secrets.token_bytes(2000)) -> len(secrets.token_bytes(2001)) @ request os.urandom
