"""What a caller meets: the FastAGI server, the call flows, the prompts and the link to Asterisk."""
