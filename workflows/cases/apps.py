from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "workflows.cases"
    label = "cases"
    verbose_name = "办件"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Check the flows at every start; let the rotation of keys find sealed answers inside JSON."""
        from tongban.accounts.personal import sealed_columns
        from tongban.notices import judging
        from tongban.sharing import subjects

        from . import checks, lapsed, shared_materials, watched  # noqa: F401  checks registers itself

        sealed_kinds = ("id_number", "phone", "bank_card")
        purposes = [f"catalogue.answer.{kind}" for kind in sealed_kinds]
        for model, column in (
            ("cases.Case", "data"),
            ("cases.Draft", "data"),
            ("cases.MovedCase", "before"),
        ):
            sealed_columns.register(model, column, purposes=lambda _path: purposes)
        people = [f"cases.draft.{kind}" for kind in ("id_number", "phone")]
        sealed_columns.register("cases.Draft", "parties", purposes=lambda _path: people)
        subjects.register(shared_materials.SUBJECT, answered=shared_materials.answered)
        judging.ask_about("case", lapsed.why_lapsed)
        watched.begin()
