"""The sign-in form."""

from django import forms
from django.conf import settings


class SignInForm(forms.Form):
    account = forms.CharField(
        label="账号",
        help_text="身份证号、手机号、用户名，填其中任意一个。",
        max_length=64,
        error_messages={
            "required": "请填写账号：身份证号、手机号或用户名",
            "max_length": "账号太长，请检查是否多输入了内容",
            "null_characters_not_allowed": "账号中有无法识别的字符，请重新输入",
        },
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label="密码",
        strip=False,
        # A longer one only keeps the hasher busy.
        max_length=128,
        error_messages={
            "required": "请填写密码",
            "max_length": "密码太长，请检查是否多输入了内容",
            "null_characters_not_allowed": "密码中有无法识别的字符，请重新输入",
        },
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def refuse(self, *, tries_left: int | None) -> None:
        """Says that name or password is wrong, not which; warns before the last tries."""
        text = "账号或密码不正确，请检查后重新填写"
        if tries_left in (1, 2):
            minutes = settings.AXES_COOLOFF_TIME.total_seconds() // 60
            text += f"。再输错 {tries_left} 次，登录将暂停 {minutes:.0f} 分钟"
        self.add_error("account", text)
