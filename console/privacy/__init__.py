"""What is known of residents: how long it is kept, how it is erased, what they agreed to, and their pauses."""
