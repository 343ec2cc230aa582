from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "tongban.certificates"
    label = "certificates"
    verbose_name = "电子证照"
    default_auto_field = "django.db.models.BigAutoField"
