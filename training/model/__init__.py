"""The fitted model: all of training that a service imports. No MLflow, no pandas, no pickle."""
