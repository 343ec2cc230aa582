from django.apps import AppConfig


class TongbanConfig(AppConfig):
    name = "tongban"
    label = "tongban"
    verbose_name = "川渝通办"
