"""Structured answers: `.parse()` into pydantic models."""
from datetime import datetime
from typing import Literal

from openai import OpenAI
from pydantic import BaseModel, Field


class Line(BaseModel):
    name: str
    amount: float


class Ticket(BaseModel):
    kind: Literal["refund", "delivery", "other"]
    lines: list[Line]
    urgent: bool
    seen: datetime = Field(default_factory=datetime.now, exclude=True)


client = OpenAI()
answer = client.chat.completions.parse(
    model="gpt-4o-mini",
    messages=[{"role": "user", "content": "Classify: my parcel is late."}],
    response_format=Line,
)
print(answer.choices[0].message.parsed)
response = client.responses.parse(model="gpt-4o-mini", input="Classify it.", text_format=Line)
print(repr(response.output_parsed), Ticket(kind="other", lines=[response.output_parsed], urgent=False))

# needs: server
# changed: amount: float -> amount: int @ request http.request
# added: client.models.list() @ extra http.request at end
# removed: response = client.responses.parse( -> raise SystemExit("enough"); dict( @ output stderr at end
