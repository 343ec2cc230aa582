from django.apps import AppConfig


class HousingFundConfig(AppConfig):
    name = "matters.housing_fund"
    label = "housing_fund"
    verbose_name = "公积金互认互贷"
