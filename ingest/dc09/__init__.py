"""The alarm receiver: panels that speak SIA DC-09 over TCP and UDP, heard and answered only after Kafka has them."""
