"""FastAGI servers that hold the same tiny conversation: `python -m bench.servers.<name> <port>`."""
