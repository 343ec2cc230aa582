from django.apps import AppConfig


class MedicalConfig(AppConfig):
    name = "matters.medical"
    label = "medical"
    verbose_name = "异地就医"
