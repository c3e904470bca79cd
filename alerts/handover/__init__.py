"""A case for another alarm centre: said in SIA DC-09 or by a signed webhook, until it says that it has it."""
