"""Generated payloads through the decoders: nothing but values or reasons may come of any bytes."""
