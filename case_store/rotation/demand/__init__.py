"""Demand: how many calls each half hour brings, and how many people it takes to answer them."""
