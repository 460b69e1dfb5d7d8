"""What the pages of an invitation say."""

from registers.models import Invitation


def lede_of(invitation: Invitation) -> str:
    """Above the form of a new account: a school invites, or nobody is here yet."""
    if invitation.school is None:
        return (
            "You are the first here. Name your school and make your account as its administrator; "
            "the next page leads you on."
        )
    position = invitation.position or invitation.get_role_display()
    return f"Make your account as {position.lower()}."
