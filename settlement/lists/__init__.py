"""Lists that people send: which file it is, the rows that it holds, and what is wrong with each."""
