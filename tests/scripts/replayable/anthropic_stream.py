"""Messages, streamed: raw events, `.stream()`, and one left half read."""
import anthropic

client = anthropic.Anthropic()
ask = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 200,
    "messages": [{"role": "user", "content": "Tell me a story."}],
}
for event in client.messages.create(**ask, stream=True):
    print(event.type, end=" ")
print()
with client.messages.stream(**ask) as stream:
    for text in stream.text_stream:
        print(text, end="|")
    final = stream.get_final_message()
    print(final.id, final.usage.output_tokens)
with client.messages.stream(**ask) as stream:
    for text in stream.text_stream:
        print("first words:", text)
        break

# needs: server
# changed: Tell me a story -> Tell me the news @ request http.request
# added: break -> client.models.list(); break @ extra http.request at end
# removed: print(final.id, final.usage.output_tokens) -> raise SystemExit @ read os.urandom(16) at reads #5
