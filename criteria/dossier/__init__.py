"""The dossier of a commune before it is recognised: check list, opinions, papers, decision."""
