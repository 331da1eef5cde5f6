"""What each page's reasons rest on, one module a page, and how to take it away.

REASONS is a list of (reason, code): the code puts into the page's own names what a control
would have shown if the reason were false. The page's claims must then fail.
"""
