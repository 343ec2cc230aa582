from django.apps import AppConfig


class RunningConfig(AppConfig):
    name = "tongban.running"
    label = "running"
    verbose_name = "运行"
    default_auto_field = "django.db.models.BigAutoField"
