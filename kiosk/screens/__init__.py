"""What people see at a terminal: the volunteers' screen and the staff's view, both drawn with Textual.

Read in this order: `terminal_state` (what a screen knows), `results` (how an outcome looks), `panel`,
`volunteer_view`, `question_view` and `monitor_view` (state to text, pure), `engine_app` (the socket's thread
meets Textual), `volunteer` and `monitor` (the two apps). `display` turns text into what a terminal must be
sent; `block_letters` draws large.
"""
