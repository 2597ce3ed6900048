"""Messages, whole: a short conversation."""
import anthropic

client = anthropic.Anthropic()
messages = [{"role": "user", "content": "Where is my order?"}]
for _ in range(3):
    answer = client.messages.create(
        model="claude-sonnet-5-5", max_tokens=200, system="Be kind.", messages=messages
    )
    print(answer.id, answer.stop_reason, answer.usage.output_tokens, answer.content[0].text)
    messages += [
        {"role": "assistant", "content": answer.content[0].text},
        {"role": "user", "content": "And then?"},
    ]

# needs: server
# changed: Be kind -> Be brief @ request http.request
# added: range(3) -> range(4) @ extra http.request at end
# removed: range(3) -> range(2) @ read os.urandom(16) at reads #5
