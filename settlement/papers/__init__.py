"""What is handed out on paper: certificates of service as PDF."""
