from django.apps import AppConfig


class ThroughputConfig(AppConfig):
    name = "workflows.throughput"
    label = "throughput"
    verbose_name = "办件量"
    default_auto_field = "django.db.models.BigAutoField"
