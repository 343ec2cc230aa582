from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "workflows.portal"
    label = "portal"
    verbose_name = "办事门户"
    default_auto_field = "django.db.models.BigAutoField"
