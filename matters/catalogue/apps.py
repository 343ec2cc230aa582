from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "matters.catalogue"
    label = "catalogue"
    verbose_name = "事项目录"
    default_auto_field = "django.db.models.BigAutoField"
