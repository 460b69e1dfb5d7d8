"""How people come in: sign-in, second factor, invitations."""
