"""langgraph: branches that run in threads at once, each with a model call and a draw."""

import operator
import random
import time
from typing import Annotated, TypedDict

from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, StateGraph

llm = ChatOpenAI(model="gpt-4o-mini")


class State(TypedDict):
    out: Annotated[list, operator.add]


def branch(n):
    def node(state):
        time.sleep(random.random() / 50)
        said = llm.invoke(f"branch {n}").content
        return {"out": [f"{n}: {said} {random.random():.3f}"]}

    return node


graph = StateGraph(State)
graph.add_node("join", lambda state: {"out": ["joined"]})
for n in range(5):
    graph.add_node(f"n{n}", branch(n))
    graph.add_edge(START, f"n{n}")
    graph.add_edge(f"n{n}", "join")
graph.add_edge("join", END)
for line in graph.compile().invoke({"out": []})["out"]:
    print(line)
