"""Walk tests: an engineer walks through a home and proves every sensor."""

from homes.walk_test.model import Proof, SensorProof, WalkTest, begun, ended, is_genuine, judge

__all__ = ["Proof", "SensorProof", "WalkTest", "begun", "ended", "is_genuine", "judge"]
