from django.apps import AppConfig


class OperatorConfig(AppConfig):
    name = "workflows.operator"
    label = "operator"
    verbose_name = "运行维护"
    default_auto_field = "django.db.models.BigAutoField"
