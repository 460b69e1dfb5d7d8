"""What a person is at a school."""

from django.db import models


class Appointment(models.Model):
    class Role(models.TextChoices):
        TEACHER = "teacher", "Teacher"
        OFFICE = "office", "Office"
        ATTENDANCE_OFFICER = "attendance_officer", "Attendance officer"
        SAFEGUARDING_LEAD = "safeguarding_lead", "Safeguarding lead"
        SLT = "slt", "Senior leader"
        ADMINISTRATOR = "administrator", "Administrator"
        TRUST_LEADER = "trust_leader", "Trust leader"

    user = models.ForeignKey("User", models.PROTECT, related_name="appointments")
    school = models.ForeignKey("School", models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=20, choices=Role.choices)
    position = models.CharField(max_length=200, blank=True)
    groups: models.ManyToManyField = models.ManyToManyField(
        "Group", blank=True, related_name="staff"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "school", "role"], name="one_appointment_per_role_and_school"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    role__in=[
                        "teacher",
                        "office",
                        "attendance_officer",
                        "safeguarding_lead",
                        "slt",
                        "administrator",
                        "trust_leader",
                    ]
                ),
                name="appointment_is_to_a_known_role",
            ),
        ]

    @property
    def named_position(self) -> str:
        """As the register names it beside an amendment: the role, where the school says no more."""
        return self.position or self.get_role_display()

    def __str__(self):
        return f"{self.user}, {self.get_role_display()}"
