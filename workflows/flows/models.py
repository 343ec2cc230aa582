"""Every flow, imported so that Django knows its proxy and the registry its name."""

from .collect_forward import CollectForward
from .fund_transfer import FundTransfer
from .household_move import HouseholdMove
from .online_approval import OnlineApproval

__all__ = ["CollectForward", "FundTransfer", "HouseholdMove", "OnlineApproval"]
