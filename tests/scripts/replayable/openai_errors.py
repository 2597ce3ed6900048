"""Errors of the API: one caught, one that ends the script with its traceback."""
import openai

client = openai.OpenAI(max_retries=0)
try:
    client.chat.completions.create(model="gpt-4o-mini", messages=None)
except openai.BadRequestError as error:
    print(type(error).__name__, error.status_code, error.request_id, error.body["type"])
print(client.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}]).id)
client.embeddings.create(model="text-embedding-3-small", input=None)

# needs: server
# changed: messages=None -> messages=[] @ request http.request
# added: (max_retries=0) -> (max_retries=0); client.models.list() @ request http.request
# removed: print(client.chat @ request http.request #2
