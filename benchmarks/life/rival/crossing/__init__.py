"""The rival's app: viewflow asks that a flow belongs to one."""
