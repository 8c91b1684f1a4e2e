"""Who may act at the centre, and who did what: accounts, invitations, log-ins, and the audit."""
