"""The admission register: pupils, contacts, groups, and what was changed."""
