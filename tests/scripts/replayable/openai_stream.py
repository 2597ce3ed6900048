"""Chat completions, streamed: by the chunk, by `.stream()`, and one left half read."""
from openai import OpenAI

client = OpenAI()
ask = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Tell me a story."}]}

for chunk in client.chat.completions.create(**ask, stream=True, stream_options={"include_usage": True}):
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="|")
    else:
        print(chunk.usage.total_tokens)

with client.chat.completions.stream(**ask) as stream:
    for event in stream:
        if event.type == "content.delta":
            print(event.delta, end="/")
    print(stream.get_final_completion().id)

left = client.chat.completions.create(**ask, stream=True)
print(next(iter(left)).id)
left.close()

# needs: server
# changed: {"include_usage": True} -> {} @ request http.request
# added: client.models.list() @ extra http.request at end
# removed: left = client -> raise SystemExit; client @ read os.urandom(16) at reads #6
