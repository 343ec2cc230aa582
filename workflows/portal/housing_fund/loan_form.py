"""What is asked before “how much could I borrow there”: whose accounts, the home, the household."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from matters.housing_fund.models import Account
from matters.housing_fund.words import HOMES, PRODUCTS

from .fields import CHOOSE, CityField, amount, choice, number

ME, ME_AND_SPOUSE, TYPED, TYPED_TWO = "me", "me_two", "typed", "typed_two"
OWN = (ME, ME_AND_SPOUSE)
COUPLES = (ME_AND_SPOUSE, TYPED_TWO)
HOUSING = {"ordinary": "普通住房", "affordable": "保障性住房"}
MOST_MONTHS = 600
# The boxes of somebody whose account is typed by hand, for oneself and for the spouse.
PARTS = ("product", "balance", "monthly", "count")
SPOUSE = tuple(f"spouse_{part}" for part in PARTS)


class LoanForm(forms.Form):
    """accounts: those of the visitor; whose number nobody else can name."""

    who = choice("谁来借？", [])
    account = forms.ChoiceField(label="按哪个账户？", required=False, error_messages=CHOOSE)
    city = CityField("在哪里贷款？", help_text="买房的地方，或者户籍所在地。")
    price = amount("房价（元）", help_text="合同总价，例如 1000000。")
    down_payment = amount("首付（元）", required=False, help_text="不知道可以不填，按最低首付算。")
    children = number("有几个子女？", 0, 20, required=False, help_text="没有可以不填。")
    home = choice("第几套房？", HOMES.items(), initial="first")
    housing = choice("哪种住房？", HOUSING.items(), initial="ordinary")
    product = forms.ChoiceField(
        label="本人怎么缴存？",
        choices=list(PRODUCTS.items()),
        required=False,
        error_messages=CHOOSE,
    )
    balance = amount("本人账户余额（元）", required=False, help_text="和“每月缴存”至少填一项。")
    monthly = amount(
        "本人每月缴存（元）",
        required=False,
        help_text="单位和个人合在一起。成都和灵活就业的算法要用到。",
    )
    count = number("本人连续缴存了几个月？", 1, MOST_MONTHS)
    spouse_product = forms.ChoiceField(
        label="配偶怎么缴存？",
        choices=list(PRODUCTS.items()),
        required=False,
        error_messages=CHOOSE,
    )
    spouse_balance = amount(
        "配偶账户余额（元）", required=False, help_text="和“每月缴存”至少填一项。"
    )
    spouse_monthly = amount("配偶每月缴存（元）", required=False, help_text="单位和个人合在一起。")
    spouse_count = number("配偶连续缴存了几个月？", 1, MOST_MONTHS)

    def __init__(self, accounts: list[Account], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = {str(account.pk): account for account in accounts}
        self._choices("who", self._people(bool(accounts)))
        self.initial.setdefault("who", ME if accounts else TYPED)
        self._choices("account", [(key, _named(each)) for key, each in self.accounts.items()])
        if len(accounts) < 2:
            del self.fields["account"]

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    @staticmethod
    def _people(has_accounts: bool) -> list[tuple[str, str]]:
        own = (
            [(ME, "我，按我的账户"), (ME_AND_SPOUSE, "我和配偶，按我的账户")]
            if has_accounts
            else []
        )
        return [*own, (TYPED, "一个人，由我填写"), (TYPED_TWO, "夫妻两人，由我填写")]

    def clean(self) -> dict[str, Any]:
        """What is asked only of some is demanded only of them; what others typed is not looked at."""
        given: dict[str, Any] = super().clean() or {}
        who = given.get("who")
        if who is None:
            return given
        self._needed("", PARTS, wanted=who not in OWN)
        self._needed("spouse_", SPOUSE, wanted=who in COUPLES)
        price, paid = given.get("price"), given.get("down_payment")
        if price is not None and price <= 0:
            self.add_error("price", "请填写大于 0 的房价")
        elif price is not None and paid is not None and paid > price:
            self.add_error("down_payment", "首付不能多于房价")
        return given

    def _needed(self, prefix: str, names: tuple[str, ...], *, wanted: bool) -> None:
        if not wanted:
            for name in names:
                self.errors.pop(name, None)
            return
        bad = set(self.errors)
        money = [f"{prefix}balance", f"{prefix}monthly"]
        if not bad & set(money) and all(self.cleaned_data.get(each) is None for each in money):
            self.add_error(money[0], "请填写账户余额，或者下面的每月缴存")

    @property
    def account_chosen(self) -> Account | None:
        """The one asked for, else the fullest; None where it is typed by hand."""
        if self.cleaned_data["who"] not in OWN:
            return None
        chosen = self.cleaned_data.get("account")
        return self.accounts[chosen] if chosen else next(iter(self.accounts.values()))

    def typed(self, prefix: str) -> dict[str, Any]:
        """Somebody typed by hand, as a quotation's depositor."""
        given = self.cleaned_data
        monthly, balance = given[f"{prefix}monthly"], given[f"{prefix}balance"]
        count = given[f"{prefix}count"]
        person: dict[str, Any] = {
            "in_a_row": count,
            "product": given[f"{prefix}product"] or "employee",
            "name": "配偶" if prefix else "本人",
        }
        if balance is not None:
            person["balance"] = balance
        if monthly is not None:
            person["months"] = _months(monthly, count, balance)
        return person

    @property
    def is_less_than_months(self) -> bool:
        """Somebody's balance is less than their months come to: when it was taken out is not known."""
        return any(
            self.cleaned_data.get(f"{prefix}monthly") and self._taken(prefix) > 0
            for prefix in ("", "spouse_")
        )

    def _taken(self, prefix: str) -> Decimal:
        given = self.cleaned_data
        monthly, balance = given.get(f"{prefix}monthly"), given.get(f"{prefix}balance")
        if monthly is None or balance is None:
            return Decimal(0)
        return Decimal(monthly * (given.get(f"{prefix}count") or 0) - balance)


def _months(monthly: Decimal, count: int, balance: Decimal | None) -> list[dict[str, Any]]:
    """Equal months; what the balance lacks of their sum counts as taken out in the last one."""
    months: list[dict[str, Any]] = [{"deposit": monthly, "withdrawn": 0} for _ in range(count)]
    if balance is not None and balance < monthly * count:
        months[-1]["withdrawn"] = monthly * count - balance
    return months


def _named(account: Account) -> str:
    return f"{account.centre.name}的账户（{account.get_status_display()}）"
