"""The responses API, whole and streamed."""
from openai import OpenAI

client = OpenAI()
first = client.responses.create(model="gpt-4o-mini", input="Where is my order?", instructions="Be kind.")
print(first.id, first.output_text)
for event in client.responses.create(model="gpt-4o-mini", input="Go on.", stream=True):
    print(event.sequence_number, event.type, getattr(event, "delta", ""))
with client.responses.stream(model="gpt-4o-mini", input=[{"role": "user", "content": "More."}]) as stream:
    stream.until_done()
    print(stream.get_final_response().usage.output_tokens)

# needs: server
# changed: Be kind -> Be brief @ request http.request
# added: print(first.id -> client.models.list(); print(first.id @ request http.request #2
# removed: client.responses.create(model="gpt-4o-mini", input="Go on.", stream=True): -> []: @ request http.request #2
