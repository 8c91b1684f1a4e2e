"""Bytes over the network: broker, uplink, delivery until the centre acknowledges, certificates, log files."""
