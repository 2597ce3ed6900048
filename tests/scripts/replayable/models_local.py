"""Models and indexes in the process: their answers are recorded, what is added is compared."""
import hnswlib
import llama_cpp
import numpy

vectors = numpy.arange(12, dtype="float32").reshape(3, 4)
index = hnswlib.Index(space="l2", dim=4)
index.add_items(vectors)
labels, distances = index.knn_query(vectors[:1], k=2)
print(labels, labels.dtype, distances, labels.flags.writeable)
try:
    index.knn_query(vectors, k=11)
except RuntimeError as error:
    print(error)


class Mine(llama_cpp.Llama):
    """One of the program's own."""


model = Mine()
print(model.create_completion("once upon", temperature=0.1))
pieces = model.create_completion("one two three", stream=True)
print(next(pieces))
print([*pieces])
half = model.create_completion("four five", stream=True)
print(next(half))

# changed: reshape(3, 4) -> reshape(3, 4) + 1 @ mark hnswlib.add_items
# added: index.knn_query(vectors) @ extra hnswlib.knn_query at end
# removed: print(model.create_completion( @ request llama_cpp.create_completion
