"""Appointments, invitations, links for accounts that came with a file."""
