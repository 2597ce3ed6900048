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
# mutant: messages=None -> messages=[] @ http.request
# mutant: input=None -> input="" @ http.request
