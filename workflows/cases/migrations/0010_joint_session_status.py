from django.db import migrations, models


class Migration(migrations.Migration):
    """Only a case has a state."""

    dependencies = [
        ("cases", "0009_joint_counter"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="jointsession", name="joint_slot_once"),
        migrations.RemoveConstraint(model_name="jointsession", name="joint_session_of_case"),
        migrations.RenameField(model_name="jointsession", old_name="state", new_name="status"),
        migrations.AddConstraint(
            model_name="jointsession",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "cancelled"), _negated=True),
                fields=("clerk", "starts_at"),
                name="joint_slot_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="jointsession",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "booked")),
                fields=("case",),
                name="joint_session_of_case",
            ),
        ),
    ]
