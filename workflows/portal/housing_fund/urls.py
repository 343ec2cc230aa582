"""Addresses under /housing-fund/; their names are the portal's."""

from django.urls import path

from .employer import employer
from .loan import loan
from .sums import rent, repayment

urlpatterns = [
    path("loan/", loan, name="fund_loan"),
    path("repayment/", repayment, name="fund_repayment"),
    path("rent/", rent, name="fund_rent"),
    path("employer/", employer, name="fund_employer"),
]
