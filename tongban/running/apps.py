from django.apps import AppConfig


class RunningConfig(AppConfig):
    name = "tongban.running"
    label = "running"
    verbose_name = "运行"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear of every worker, beat and task from here on."""
        from . import signals, watching  # noqa: F401

        watching.begin()
