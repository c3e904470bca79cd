"""A role of the database for each service, with what its work needs and nothing else."""
