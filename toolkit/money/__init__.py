"""What changes and services cost (SD-1 §1.10-1.12): tokens, packs, builds, bills, revisions, the guaranteed minimum.

Figures are exact fractions; euros become cents (half up) only where a line of a document is written. Every price, token
cost and index is the provider's data: without its file nothing is priced, and what a sample made says so.
"""
