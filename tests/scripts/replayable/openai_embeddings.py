"""Embeddings: the nearest of three texts."""
from openai import OpenAI

client = OpenAI()
texts = ["refund policy", "delivery times", "opening hours"]
found = client.embeddings.create(model="text-embedding-3-small", input=texts, dimensions=6)
asked = client.embeddings.create(model="text-embedding-3-small", input="when do you open?", dimensions=6)


def likeness(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


ranked = sorted(found.data, key=lambda d: -likeness(d.embedding, asked.data[0].embedding))
print([texts[entry.index] for entry in ranked], found.usage.total_tokens)
print([round(x, 6) for x in ranked[0].embedding])

# needs: server
# changed: opening hours -> closing hours @ request http.request
# added: client.models.list() @ extra http.request at end
# removed: asked = client -> raise SystemExit; client @ read os.urandom(16) at reads #5
