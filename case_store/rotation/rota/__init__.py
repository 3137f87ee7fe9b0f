"""The rota: who has which duty when, from the plan to the day, and how it changes."""
