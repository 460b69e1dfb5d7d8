"""Pupils’ photos: one by one, or a whole school’s from an archive."""
