"""Who acts: accounts of real people, what each level may do, invitations, and the log-in."""
