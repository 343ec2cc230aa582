"""运行状况: what machines read at /healthz and /metrics, for people."""
