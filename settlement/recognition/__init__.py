"""What hours become: assessed value, points and gifts, stars, certificates, notices, commendations."""
