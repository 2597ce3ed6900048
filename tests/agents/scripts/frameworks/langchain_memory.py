"""langchain + langgraph: create_agent with a checkpointer, a prompt chain, streamed, batched, structured."""

from langchain.agents import create_agent
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from langchain_core.vectorstores import InMemoryVectorStore
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import BaseModel

model = ChatOpenAI(model="gpt-4o-mini", temperature=0)


@tool
def order_status(order_id: str) -> str:
    """Look an order up."""
    return f"{order_id} is on its way"


class Person(BaseModel):
    name: str
    email: str


agent = create_agent(model, [order_status], checkpointer=InMemorySaver())
config = {"configurable": {"thread_id": "t1"}}
for said in ("I am Ada", "Where is A-1001?", "Who am I?"):
    for step in agent.stream({"messages": [("user", said)]}, config, stream_mode="values"):
        last = step["messages"][-1]
        print(type(last).__name__, last.content, getattr(last, "tool_calls", None))
print(len(agent.get_state(config).values["messages"]))

chain = ChatPromptTemplate.from_template("A joke about {topic}") | model | StrOutputParser()
for piece in chain.stream({"topic": "bears"}):
    print(piece, end="|")
print()
print(chain.batch([{"topic": t} for t in "abcde"]))
print(model.with_structured_output(Person).invoke("Ada, ada@example.com"))
store = InMemoryVectorStore.from_texts(["one", "two", "three"], OpenAIEmbeddings(check_embedding_ctx_length=False))
print([d.page_content for d in store.similarity_search("two", k=2)])
