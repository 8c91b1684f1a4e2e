"""People decide about hours: the queue, what is ready and complete, approval and rejection."""
