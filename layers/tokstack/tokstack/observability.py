"""The one logger and the one set of metrics. Both write to standard output; neither makes a call."""

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit

__all__ = ["MetricUnit", "logger", "metrics"]

logger = Logger(service="tokstack", log_uncaught_exceptions=True)
metrics = Metrics(namespace="Tokstack", service="tokstack")
