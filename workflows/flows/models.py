"""Every flow, imported so that Django knows its proxy and the registry its name."""

from .appointment import Appointment
from .archive_transfer import ArchiveTransfer
from .clearing_advance import ClearingAdvance
from .clearing_month import ClearingMonthFlow
from .clearing_signing import ClearingSigning
from .collect_and_make import CollectAndMake
from .collect_forward import CollectForward
from .cross_city_loan import CrossCityLoan
from .enterprise_move import EnterpriseMove
from .financing import Financing
from .fund_loan_facts import FundLoanFacts
from .fund_transfer import FundTransfer
from .fund_transfer_group import FundTransferGroup
from .fund_withdrawal import FundWithdrawal
from .household_move import HouseholdMove
from .issue_elsewhere import IssueElsewhere
from .loan_certificate import LoanCertificateFlow
from .loan_collection import LoanCollection
from .loan_mark import LoanMarkFlow
from .loan_offer import LoanOffer
from .local_issue import LocalIssue
from .medical_filing import MedicalFiling
from .medical_transfer import MedicalTransfer
from .medical_visit import MedicalVisit
from .notarisation import Notarisation
from .one_thing import OneThing
from .online_approval import OnlineApproval
from .qualification import Qualification
from .query import Query
from .reimbursement import Reimbursement
from .relation_transfer import RelationTransfer
from .route_consent import RouteConsent
from .route_permit import RoutePermit
from .treatment_inquiry import TreatmentInquiry

__all__ = [
    "Appointment",
    "ArchiveTransfer",
    "ClearingAdvance",
    "ClearingMonthFlow",
    "ClearingSigning",
    "CollectAndMake",
    "CollectForward",
    "CrossCityLoan",
    "EnterpriseMove",
    "Financing",
    "FundLoanFacts",
    "FundTransfer",
    "FundTransferGroup",
    "FundWithdrawal",
    "HouseholdMove",
    "IssueElsewhere",
    "LoanCertificateFlow",
    "LoanCollection",
    "LoanMarkFlow",
    "LoanOffer",
    "LocalIssue",
    "MedicalFiling",
    "MedicalTransfer",
    "MedicalVisit",
    "Notarisation",
    "OneThing",
    "OnlineApproval",
    "Qualification",
    "Query",
    "Reimbursement",
    "RelationTransfer",
    "RouteConsent",
    "RoutePermit",
    "TreatmentInquiry",
]
