"""The admission register: pupils, their times on the roll, contacts, groups."""
