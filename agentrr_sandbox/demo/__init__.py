"""What `agentrr demo` and the tests play with: a model server on this machine, and an agent."""
