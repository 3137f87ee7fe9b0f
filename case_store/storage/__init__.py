"""Attachments: files by the hash of their content, outside the database."""
