"""The pages of the console, one module for each thing that staff work with."""
