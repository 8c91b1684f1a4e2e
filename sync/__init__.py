"""The line between terminal and centre: the contract, the durable log, and the network."""
