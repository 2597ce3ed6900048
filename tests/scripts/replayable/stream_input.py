"""What a person types: a prompt, lines, the rest as bytes."""
import sys
import time

name = input("Who are you? ")
print("Hello,", name, time.time())
for number, line in enumerate(sys.stdin):
    print(number, line.rstrip())
    if line.startswith("done"):
        break
print(sys.stdin.readline(), sys.stdin.buffer.read(), sys.stdin.read())
try:
    input("More? ")
except EOFError as error:
    print(type(error).__name__, error)

# stdin: Ada\nfirst\nsecond\ndone\nafter\nrest \x00 of it
# changed: Who are you? -> What is your name? @ output stdout
# added: print("Hello,", name -> print("Hello,", input() @ output stdout
# removed: print(sys.stdin.readline(), sys.stdin.buffer.read(), sys.stdin.read()) @ missing stdin.read #2
