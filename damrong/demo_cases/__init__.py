"""Demo cases: matters put together from words and places, with histories over time. Nobody in them is real."""
