"""Provinces, districts, subdistricts, postcodes and the telephone numbers that tell a province."""
