"""Step 1 to 5 of a reading's journey: MQTT in, readings and refusals out, acknowledged only after Kafka has them."""
