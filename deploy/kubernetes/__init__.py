"""The manifests for Kubernetes: what of them is written from code, and faults that can be seen without a cluster."""
