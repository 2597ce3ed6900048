plan = {
    "first": 1,
    "second": 2
print(plan)
