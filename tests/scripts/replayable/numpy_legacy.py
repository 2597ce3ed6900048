import numpy as np

print(np.random.rand(2), np.random.randint(0, 9, 5), np.random.permutation(6))
np.random.seed(None)
print(np.random.standard_normal(), np.random.RandomState().uniform())
print(np.random.RandomState(5).uniform())
# changed: permutation(6) -> permutation(7) @ output stdout
# added: np.random.RandomState() @ read os.urandom(16) at end
# removed: , np.random.RandomState().uniform()) -> ) @ output stdout #2
