"""Chat completions, whole: text, usage, ids."""
from openai import OpenAI

client = OpenAI()
messages = [{"role": "system", "content": "You are terse."}, {"role": "user", "content": "Where is my order?"}]
for _ in range(3):
    answer = client.chat.completions.create(model="gpt-4o-mini", messages=messages, temperature=0.7)
    text = answer.choices[0].message.content
    print(answer.id, answer.usage.total_tokens, text)
    messages += [{"role": "assistant", "content": text}, {"role": "user", "content": "And then?"}]

# needs: server
# changed: You are terse. -> You are wordy. @ request http.request
# added: range(3) -> range(4) @ extra http.request at end
# removed: range(3) -> range(2) @ read os.urandom(16) at reads #6
