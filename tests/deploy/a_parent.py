"""A process that starts one embedded server, tells its process id and waits to be killed."""

import sys
import threading
from pathlib import Path

from deploy.embedded.kafka import EmbeddedKafka
from deploy.embedded.mqtt import EmbeddedMqtt
from deploy.embedded.postgres import EmbeddedPostgres

if __name__ == "__main__":
    folder = Path(sys.argv[2])
    server: EmbeddedMqtt | EmbeddedKafka | EmbeddedPostgres
    match sys.argv[1]:
        case "mqtt":
            server = EmbeddedMqtt(folder)
        case "kafka":
            server = EmbeddedKafka(folder)
        case _:
            server = EmbeddedPostgres(folder, durable=False)
    server.start()
    assert server.child is not None
    sys.stdout.write(f"{server.child.pid}\n")
    sys.stdout.flush()
    threading.Event().wait()
