"""What other systems read: homes and alerts."""
