"""A streamed model answer, printed piece by piece."""

import world

with world.client() as client:
    for number, piece in enumerate(world.stream(client, "tell me a story")):
        print(number, repr(piece))
