"""Commands about what counts: times entered, reviewed and objected to, and what hours become."""
