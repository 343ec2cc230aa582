from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "tongban.sharing"
    label = "sharing"
    verbose_name = "数据共享"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the rotation of keys find the personal values inside answers."""
        from tongban.accounts.personal import sealed_columns

        from .sealed_answers import PURPOSE

        for model, column in (("sharing.LookUp", "answer"), ("sharing.RegisterEntry", "fields")):
            sealed_columns.register(model, column, purposes=lambda _path: [PURPOSE])
