"""What the engine and its screens say to each other over the local socket."""
