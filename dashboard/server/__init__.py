"""What the web server does beside its pages: the queue, HTTP routes, certificates."""
