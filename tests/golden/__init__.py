"""The golden comparison: everything the portal shows and writes, as text, before and after a change that must not show.

``python -m tests.golden take FOLDER`` takes it from a database of its own making, ``compare`` lists by place what two
folders (or a folder and the code as it stands) say differently. It knows the portal by its addresses, its commands and
the trial accounts, by no module of the product: the code may move beneath it.
"""
