"""How often one visitor may ask, who is known by the same address as at the door of the desk."""

from rest_framework.throttling import AnonRateThrottle

from certifications.access.visitors import network_of


class EachVisitor(AnonRateThrottle):
    """So many requests a minute from each address, or each IPv6 network of a subscriber."""

    def get_ident(self, request) -> str:
        return network_of(request)
