"""What volunteers are shown: an invitation, answers, who else came just now; and from how far it is read."""
