"""One parent for all processes of an installation: starts, watches, restarts and ends them."""
