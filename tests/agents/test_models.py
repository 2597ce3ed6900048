"""Models and indexes in the process, small ones of the test's own, recorded and replayed.

Installed by the dependency group `models`; elsewhere the cases are skipped.  A replay has libraries
whose models, if they ran, would answer otherwise: what they compute is broken before it.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from harness import Place

SEARCH = """
import faiss, hnswlib, numpy
vectors = numpy.random.default_rng().random((50, 8), dtype="float32")
for index in (faiss.IndexFlatL2(8), faiss.IndexHNSWFlat(8, 16)):
    index.add(vectors)
    print(index.search(vectors[:2], 3))
graph = hnswlib.Index(space="l2", dim=8)
graph.init_index(max_elements=100)
graph.add_items(vectors)
print(graph.knn_query(vectors[:2], k=3))
"""
GENERATE = """
import torch
from transformers import LlamaConfig, LlamaForCausalLM
print(torch.seed() > 0)
model = LlamaForCausalLM(LlamaConfig(
    vocab_size=64, hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2
)).eval()
if BROKEN:
    LlamaForCausalLM.forward = None
ids = torch.tensor([[1, 2, 3]])
out = model.generate(ids, max_new_tokens=8, do_sample=True, pad_token_id=0)
print(out, out.dtype, torch.rand(2))
"""


@pytest.mark.parametrize(
    ("needs", "code"), [("faiss", SEARCH), ("transformers", GENERATE)], ids=["search", "generate"]
)
def test_answers_are_served(needs: str, code: str, tmp_path: Path) -> None:
    if importlib.util.find_spec(needs) is None:
        pytest.skip(f"{needs} is not installed: the dependency group models")
    agent = tmp_path / "agent.py"
    agent.write_text(code.replace("BROKEN", "False"), encoding="utf-8")
    place = Place(tmp_path, {"HF_HUB_OFFLINE": "1"})
    recorded = place.record("agent.py")
    assert recorded.code == 0, recorded
    agent.write_text(code.replace("BROKEN", "True"), encoding="utf-8")
    replayed = place.replay()
    assert replayed.same(recorded), f"recorded\n{recorded}\nreplayed\n{replayed}"
