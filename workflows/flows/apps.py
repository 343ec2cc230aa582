from django.apps import AppConfig


class FlowsConfig(AppConfig):
    name = "workflows.flows"
    label = "flows"
    verbose_name = "流程"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the catalogue the shapes of the flows, so that matter data is checked against them."""
        from matters.catalogue import registry as shapes
        from workflows.cases.registry import flows
        from workflows.cases.shapes import shape_of

        for flow in flows():
            shapes.register(shape_of(flow))
