"""Files that outlast a power cut: the log's keeper, encrypted files, the clock's last reading, ballast."""
