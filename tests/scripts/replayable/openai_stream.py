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
# mutant: Tell me a story -> Tell me the news @ http.request
# mutant: {"include_usage": True} -> {} @ http.request
