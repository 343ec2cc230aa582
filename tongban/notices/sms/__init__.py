"""Text messages: templates, gateways that take them, and which of two gateways has which message."""
