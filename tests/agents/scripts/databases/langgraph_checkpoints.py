import os
from typing import TypedDict
from langgraph.graph import StateGraph, START, END
from langgraph.checkpoint.postgres import PostgresSaver
class S(TypedDict):
    n: int
g = StateGraph(S)
g.add_node("a", lambda s: {"n": s["n"] + 1}); g.add_node("b", lambda s: {"n": s["n"] * 2})
g.add_edge(START, "a"); g.add_edge("a", "b"); g.add_edge("b", END)
with PostgresSaver.from_conn_string(os.environ["DATABASE_URL"]) as cp:
    cp.setup()
    app = g.compile(checkpointer=cp)
    c = {"configurable": {"thread_id": "1"}}
    print(app.invoke({"n": 1}, c)); print(app.get_state(c).values, len(list(app.get_state_history(c))))
    print(app.invoke({"n": 5}, c))
