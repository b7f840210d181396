"""Everything on one machine: a Redis server, a worker and the API as children of one program."""
