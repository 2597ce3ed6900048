"""instructor: a model's answer as a pydantic object, with a retry, sync and async, in parts."""

import asyncio

import instructor
import openai
from pydantic import BaseModel, Field, field_validator

SEEN = []


class User(BaseModel):
    name: str
    email: str
    age: int = Field(ge=0, le=120)

    @field_validator("age")
    @classmethod
    def first_is_wrong(cls, value):
        SEEN.append(value)
        if len(SEEN) == 1:
            raise ValueError("look again")
        return value


client = instructor.from_openai(openai.OpenAI(), mode=instructor.Mode.JSON_SCHEMA)
print(client.chat.completions.create(model="gpt-4o-mini", response_model=User, messages=[{"role": "user", "content": "Ada is 36"}], max_retries=3))
print(SEEN)


async def main():
    client = instructor.from_openai(openai.AsyncOpenAI(), mode=instructor.Mode.JSON_SCHEMA)
    print(await asyncio.gather(*(client.chat.completions.create(model="gpt-4o-mini", response_model=User, messages=[{"role": "user", "content": f"user {n}"}]) for n in range(3))))


asyncio.run(main())
