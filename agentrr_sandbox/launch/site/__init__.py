"""The folder that goes on the run's PYTHONPATH: its `sitecustomize` starts agentrr there.

Nothing else may live here: while it starts, the folder comes first on the run's `sys.path`.
"""
