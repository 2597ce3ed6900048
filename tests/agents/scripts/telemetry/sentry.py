"""An agent that tells Sentry of its spans and of an error; nobody listens at the address."""
import logging

import openai
import sentry_sdk
from sentry_sdk.integrations.httpx import HttpxIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.integrations.openai import OpenAIIntegration

sentry_sdk.init(
    dsn="http://key@127.0.0.1:9/1",
    traces_sample_rate=1.0,
    integrations=[HttpxIntegration(), LoggingIntegration(), OpenAIIntegration()],
)
client = openai.OpenAI()
with sentry_sdk.start_transaction(name="turn") as turn:
    said = client.chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": "What is a tide?"}]
    )
    print(said.choices[0].message.content, turn.trace_id)
logging.getLogger("agent").error("the tide is late")
try:
    raise ValueError("late")
except ValueError as error:
    print(sentry_sdk.capture_exception(error))
sentry_sdk.flush(timeout=2)
