"""What a technician uses: the doctor, live readings, trials of devices."""
