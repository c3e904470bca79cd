"""mq-bridge: a route from MQTT to Kafka in Rust, acknowledged after Kafka, in batches of its default size."""

import sys

import mq_bridge

port, client_id, bootstrap, topic = sys.argv[1:5]
route = mq_bridge.Route.from_config(
    {
        "input": {
            "mqtt": {
                "url": f"tcp://127.0.0.1:{port}",
                "topic": "home/#",
                "client_id": client_id,
                "qos": 1,
                "clean_session": False,
                "session_expiry_interval": 3600,
                "queue_capacity": 4000,
            }
        },
        "output": {
            "kafka": {
                "url": bootstrap,
                "topic": topic,
                # As the others: no compression, which the one who counts could not read.
                "producer_options": [["acks", "all"], ["linger.ms", "20"], ["compression.type", "none"]],
            }
        },
    }
)
route.run()
