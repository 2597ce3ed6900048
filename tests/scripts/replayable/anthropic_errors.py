"""Errors of the API: a bad request caught, then one that ends the script."""
import anthropic

client = anthropic.Anthropic(max_retries=0)
try:
    client.messages.create(model="claude-sonnet-5-5", max_tokens=5, messages=None)
except anthropic.BadRequestError as error:
    print(type(error).__name__, error.status_code, error.request_id)
client.messages.create(model="claude-sonnet-5-5", max_tokens=5, messages=7)

# needs: server
# changed: messages=None -> messages=[] @ request http.request
# added: (max_retries=0) -> (max_retries=0); client.models.list() @ request http.request
# removed: messages=7) @ read os.urandom(16) at reads #4
