from django.apps import AppConfig


class OfficesConfig(AppConfig):
    name = "tongban.offices"
    label = "offices"
    verbose_name = "机构"
    default_auto_field = "django.db.models.BigAutoField"
