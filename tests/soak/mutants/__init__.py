"""Small faults planted in the decisive modules, one at a time: does any test notice?"""
