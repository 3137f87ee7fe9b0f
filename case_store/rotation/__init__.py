"""Who is on duty when: the trained people of a centre take turns."""
