from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "matters.catalogue"
    label = "catalogue"
    verbose_name = "事项目录"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the check of the data files. It runs after every app, so after the flows."""
        from matters.catalogue import checks  # noqa: F401
