"""The whole service as a city runs it, on one machine: three brokers, two databases, two of each service."""

from deploy.cluster.whole import Cluster as Cluster
from deploy.cluster.whole import cluster as cluster
