"""On the day: who is on shift now, who came, who is missing, and who may leave."""
