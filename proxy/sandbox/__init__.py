"""The ad platform in a box, and the demo shop: other people's systems, small enough to run beside the proxy.

Nothing here is used by the proxy itself. It speaks the vendor's contract through
`proxy.topsort` and knows no other wing but `proxy.errors`.
"""
