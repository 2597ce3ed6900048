import numpy as np

rng = np.random.default_rng()
print(rng.random(3), rng.integers(0, 100, 4), rng.choice(["a", "b", "c"]))
print(np.random.SeedSequence().entropy, np.random.Generator(np.random.PCG64()).normal())
print(np.random.default_rng(7).integers(0, 100))
# changed: rng.random(3) -> rng.random(2) @ output stdout
# added: np.random.default_rng() @ read os.urandom(16) at end
# removed: rng = np.random.default_rng() -> rng = np.random.default_rng(3) @ output stdout
