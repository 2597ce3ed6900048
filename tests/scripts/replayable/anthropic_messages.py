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
# mutant: Be kind -> Be brief @ http.request
# mutant: max_tokens=200 -> max_tokens=201 @ http.request
