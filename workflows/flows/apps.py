from django.apps import AppConfig


class FlowsConfig(AppConfig):
    name = "workflows.flows"
    label = "flows"
    verbose_name = "流程"
    default_auto_field = "django.db.models.BigAutoField"
