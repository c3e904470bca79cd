"""How the devices of all homes stand, and the visits that mend them."""
