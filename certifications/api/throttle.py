"""Rate limit of the API for each client address, the one that signing in is counted by."""

from rest_framework.throttling import AnonRateThrottle

from certifications.access.visitors import network_of


class EachVisitor(AnonRateThrottle):
    """So many requests a minute from each address, or each IPv6 network of a subscriber."""

    def get_ident(self, request) -> str:
        return network_of(request)
