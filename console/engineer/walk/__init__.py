"""The walk test's pages: live while the engineer walks, then the result and its certificate."""
