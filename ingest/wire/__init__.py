"""MQTT on the wire: paho as it is published, and a faster reading of the packets that carry messages."""
