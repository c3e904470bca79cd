"""What comes in from providers and telephones: receipts, replies, pressed keys, browsers that want Web Push."""
