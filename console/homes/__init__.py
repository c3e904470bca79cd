"""The homes: their list, one home's page with its days, and what an operator enters for it."""
