"""Every address of the register as it answers on one fixed day, a file each, to be compared.

Before and after code is moved: two dumps must be equal to the byte. Addresses are permanent and are
written here as a browser asks them; of `certifications` nothing is imported, so that the dump of
one commit and of the next are made by the same means. Whatever address the resolver knows and
nobody asks makes the dump fail.
"""
