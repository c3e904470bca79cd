"""The parts of the bridge: the sessions of a partition, the leases on partitions, the homes, the raw view."""
